import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Block, readBlocks } from './sse.ts'

async function read(...pieces: (string | Uint8Array)[]): Promise<Block[]> {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(typeof piece === 'string' ? encoder.encode(piece) : piece)
      controller.close()
    }
  })
  const blocks: Block[] = []
  for await (const block of readBlocks(body)) blocks.push(block)
  return blocks
}

test('blocks are the same however the line cuts them', async () => {
  const text = 'retry: 1000\n\nid: 1\nevent: a\ndata: {"t":"ü"}\n\n:\n\nid: 2\ndata:x\ndata: y\n\n'
  const expected = [{ retry: 1000 }, { id: '1', data: '{"t":"ü"}' }, {}, { id: '2', data: 'x\ny' }]
  const bytes = new TextEncoder().encode(text)
  assert.deepEqual(await read(text), expected)
  assert.deepEqual(await read(...Array.from(bytes, byte => Uint8Array.of(byte))), expected)
  assert.deepEqual(await read(...Array.from(text.replaceAll('\n', '\r\n'))), expected)
})

test('a block that breaks off is dropped', async () => {
  assert.deepEqual(await read('id: 1\ndata: a\n\nid: 2\ndata: b\n'), [{ id: '1', data: 'a' }])
})
