import { createClient } from '@upload24/sdk'
import { fileStore, openFile } from '@upload24/sdk/node'

/** A program that sends one file and remembers it in a folder. Run by sdk-process.test.ts, which also kills it. */
const [baseUrl = '', apiKey = '', account = '', path = '', folder = ''] = process.argv.slice(2)
const client = createClient({ baseUrl, apiKey })
const description = { title: path, accounts: [account] }
const handle = client.upload(await openFile(path), description, { store: fileStore(folder) })
const { uploadId, file } = await handle.done
const { isContinued } = handle.progress
console.log(
  JSON.stringify({ uploadId, size: file.size, isContinued, mebibytes: process.resourceUsage().maxRSS / 1024 })
)
