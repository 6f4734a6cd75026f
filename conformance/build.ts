/**
 * Builds the puppet, where there is a compiler.
 */

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { access, mkdir, mkdtemp, readdir, readFile, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const puppetFolder = join(import.meta.dirname, 'puppet')
const builtFolder = join(import.meta.dirname, 'built')

/** No library, no start files, nothing that needs thread-local storage; the same everywhere. */
export const compilerFlags: readonly string[] = [
  '-std=gnu11',
  '-O1',
  '-static',
  '-nostdlib',
  '-ffreestanding',
  '-fno-stack-protector',
  '-fcf-protection=none',
  '-fno-asynchronous-unwind-tables',
  '-fno-pie',
  '-no-pie',
  '-Wall',
  '-Wextra',
]

/** The path of a program, or the reason why there is none. */
export type Built = { readonly path: string } | { readonly impossible: string }

/** Builds once for each version of the sources; into `folder`, or where that cannot be written, a folder of its own. */
export async function buildPuppet(folder = builtFolder): Promise<Built> {
  const files = (await readdir(puppetFolder)).filter(name => /\.[ch]$/.test(name)).sort()
  const hash = createHash('sha256').update(compilerFlags.join(' '))
  for (const name of files) hash.update(await readFile(join(puppetFolder, name)))
  const name = `puppet-${hash.digest('hex').slice(0, 16)}`
  if (existsSync(join(folder, name))) return { path: join(folder, name) }
  return compileC(join(puppetFolder, 'puppet.c'), join(await writable(folder), name))
}

/** The folder, or one that nobody else can write to: a package may be installed where its user cannot write. */
async function writable(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
    return folder
  } catch {
    return mkdtemp(join(tmpdir(), 'zombieproof-'))
  }
}

/** Compiles one file to a static program. */
export async function compileC(source: string, path: string): Promise<Built> {
  if (process.arch !== 'x64')
    return { impossible: `the puppet speaks to x86-64 kernels only, and this machine is ${process.arch}` }
  const unfinished = `${path}.${process.pid}`
  try {
    await run('gcc', [...compilerFlags, '-o', unfinished, source])
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string }
    if (code === 'ENOENT') return { impossible: 'there is no gcc here to build the puppet with' }
    return { impossible: `gcc cannot build ${source}: ${stderr?.split('\n')[0] ?? String(error)}` }
  }
  // Whole or not at all, whoever else builds it at the same time.
  await rename(unfinished, path)
  return { path }
}
