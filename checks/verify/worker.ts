/**
 * A worker: runs the jobs that it is sent, one after the other, on one core.
 *
 * It counts what it asks the core in memory that the pool can see, so that a core that never answers is noticed.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { Progress } from '../../checker/explore/result.js'
import { Coverage } from './coverage.js'
import { runJob } from './job.js'
import { loadCore } from './load.js'
import type { FromWorker, ToWorker, WorkerData } from './pool.js'

const { folder, against, asked, coverage: measure } = workerData as WorkerData
const port = parentPort
if (port === null) throw new Error('this file runs in a worker')

const post = (message: FromWorker): void => port.postMessage(message)
const questions = new Int32Array(asked)
const coverage = measure ? await Coverage.start() : undefined
const own = await loadCore(folder)
const other = against === undefined ? undefined : await loadCore(against)
let stop = new AbortController()

async function run({ job, position }: Extract<ToWorker, { kind: 'job' }>): Promise<void> {
  stop = new AbortController()
  try {
    const hooks = {
      signal: stop.signal,
      onAsk: () => void Atomics.add(questions, 0, 1),
      onProgress: (progress: Progress) => post({ kind: 'progress', position, progress }),
    }
    const outcome = other === undefined ? await runJob(job, own, hooks) : await runJob(job, other, hooks, own)
    Atomics.store(questions, 0, 0)
    post({ kind: 'done', position, outcome })
  } catch (error) {
    post({ kind: 'failed', position, message: error instanceof Error ? (error.stack ?? '') : String(error) })
  }
}

port.on('message', (message: ToWorker) => {
  if (message.kind === 'stop') stop.abort(message.signal)
  else if (message.kind === 'job') void run(message)
  else void finish()
})

async function finish(): Promise<void> {
  post({ kind: 'covered', covered: (await coverage?.stop()) ?? [] })
}

post({ kind: 'ready' })
