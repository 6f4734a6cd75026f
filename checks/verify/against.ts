/**
 * The core of another revision of this repository, in a folder of its own. Neither the working tree nor the index is
 * touched.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { UsageError } from '../../checker/errors.js'
import { loadCore, ownFolder } from './load.js'

const run = promisify(execFile)

export interface Against {
  /** As the user has named it. */
  readonly revision: string
  /** In which its `src/` is. */
  readonly folder: string
  remove(): Promise<void>
}

async function git(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd: ownFolder, maxBuffer: 2 ** 26 })
  return stdout
}

/** Throws a UsageError where there is no such revision, or no core in it. */
export async function materialise(revision: string): Promise<Against> {
  const commit = await commitOf(revision)
  const listed = await git('ls-tree', '-r', '--name-only', commit, '--', 'src')
  const files = listed.split('\n').filter(file => file.endsWith('.ts'))
  if (!files.includes('src/index.ts'))
    throw new UsageError(
      `The revision ${revision} has no core: there is no src/index.ts in it.`,
      'Name a later one: git log --oneline -- src/index.ts',
    )
  const folder = await mkdtemp(join(tmpdir(), 'zombieproof-'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
  for (const file of files) {
    const path = join(folder, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, await git('show', `${commit}:${file}`))
  }
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await loadCore(folder, `of the revision ${revision}`)
  } catch (error) {
    await remove()
    throw error
  }
  return { revision, folder, remove }
}

async function commitOf(revision: string): Promise<string> {
  try {
    return (await git('rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`)).trim()
  } catch (error) {
    const { code, stderr = '' } = error as { readonly code?: unknown; readonly stderr?: string }
    if (code === 'ENOENT')
      throw new UsageError('A revision can be read by git alone, and there is no git here.', 'Install git.')
    if (stderr.includes('not a git repository'))
      throw new UsageError(
        `There are no revisions: ${ownFolder} is in no git repository.`,
        'Clone the repository, with its history.',
      )
    throw new UsageError(
      `There is no revision '${revision}' in this repository.`,
      'Name a commit, a branch or a tag: git log --oneline -- src',
    )
  }
}
