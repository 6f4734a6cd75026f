// A thread loads what the first one has loaded: the program as it was built, or its sources, translated as they are loaded.
import { parentPort, workerData } from 'node:worker_threads'
import { importing } from '../../bin/model.js'
import { translate } from '../../bin/translate.js'

const { files } = workerData
const source = new URL('./worker.ts', import.meta.url).href
if (files === undefined) await translate()
const { serve } = await import(files?.get(source) ?? source)
await serve(parentPort, workerData, importing(files))
