/** The core needs nothing but the language: it is bundled and run where there is nothing else. */
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

it('runs in a bare context, without Node.js and without a browser', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(import.meta.dirname, '..', '..', 'src', 'index.ts')],
    bundle: true,
    write: false,
    metafile: true,
    format: 'iife',
    globalName: 'core',
    platform: 'browser',
    target: 'es2022',
  })
  // No library and no built-in of Node.js is part of it.
  expect(Object.keys(metafile.inputs).filter(file => !file.startsWith('src/'))).toEqual([])
  const context = createContext({})
  const result = runInContext(
    `${outputFiles[0]?.text}
     const init = new core.TaskSet().createInit()
     const child = init.fork()
     child.returned().then(() => { child.exitGroup(4); return init.wait() }).then(({ tid, status }) => [tid, status >> 8].join())`,
    context,
  )
  await expect(result).resolves.toBe('2,4')
})
