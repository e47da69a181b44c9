/** One block of a stream of server-sent events. */
export interface Block {
  readonly id?: string
  readonly data?: string
  /** Milliseconds to wait before coming again. */
  readonly retry?: number
}

/**
 * Reads blocks as they come; a comment is an empty block. A block that breaks off is dropped: it comes again.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export async function* readBlocks(body: ReadableStream<Uint8Array>): AsyncGenerator<Block> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      // A line may end with CR LF, also in two pieces: what hangs at the end waits for more.
      text = (text + decoder.decode(value, { stream: true })).replace(/\r\n/g, '\n')
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) yield parseBlock(block)
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function parseBlock(block: string): Block {
  const fields = new Map<string, string>()
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? []
    if (name === '') continue
    const earlier = fields.get(name)
    fields.set(name, name === 'data' && earlier !== undefined ? `${earlier}\n${value}` : value)
  }
  const [id, data, retry] = ['id', 'data', 'retry'].map(name => fields.get(name))
  return {
    ...(id === undefined ? {} : { id }),
    ...(data === undefined ? {} : { data }),
    ...(retry !== undefined && /^\d+$/.test(retry) ? { retry: Number(retry) } : {})
  }
}
