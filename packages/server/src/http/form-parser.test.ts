import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PartHeaders } from './form-headers.ts'
import { parsePartHeaders, readBoundary } from './form-headers.ts'
import { createFormParser } from './form-parser.ts'
import { Problem } from './problem.ts'

const isMalformed = (error: unknown) => error instanceof Problem && error.code === 'malformed_form'

function parse(chunks: readonly Buffer[], boundary = 'XX') {
  const parts: { headers: PartHeaders; body: string; isEnded: boolean }[] = []
  const parser = createFormParser(boundary, {
    onPart: headers => parts.push({ headers, body: '', isEnded: false }),
    onData(bytes) {
      const part = parts.at(-1)
      if (part) part.body += bytes.toString('latin1')
    },
    onPartEnd() {
      const part = parts.at(-1)
      if (part) part.isEnded = true
    }
  })
  for (const chunk of chunks) parser.write(chunk)
  parser.end()
  return parts
}

const part = (name: string, body: string, more = '') =>
  `--XX\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${body}\r\n`
const cutAt = (text: string, ...at: number[]) => {
  const bytes = Buffer.from(text, 'latin1')
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length))
}

// Bodies full of what nearly is a boundary.
const tricky = ['', '\r', '\r\n', '\r\n--', '\r\n--X', '--XX', '\r\n--XY\r\n', '\r\r\n\r\n--X\r\n-', '\r\n\r\n--X']
const form = `${tricky.map((body, i) => part(`f${i}`, body)).join('')}--XX--\r\n`

test('a form means the same wherever the network cuts it', () => {
  const check = (chunks: readonly Buffer[], where: string) =>
    assert.deepEqual(
      parse(chunks).map(({ headers, body, isEnded }) => [headers.name, body, isEnded]),
      tricky.map((body, i) => [`f${i}`, body, true]),
      where
    )
  check(cutAt(form), 'whole')
  for (let i = 1; i < form.length; i++) check(cutAt(form, i), `cut at ${i}`)
  for (let i = 1; i < form.length - 3; i++) check(cutAt(form, i, i + 1, i + 3), `cut around ${i}`)
  check(
    [...Buffer.from(form, 'latin1')].map(byte => Buffer.from([byte])),
    'byte by byte'
  )
})

test('what comes before the first boundary and after the last is passed over, but not at length', () => {
  assert.equal(parse([Buffer.from(`hello\r\n${part('a', 'b')}--XX--\r\nbye`)]).length, 1)
  assert.throws(() => parse([Buffer.from('x'.repeat(5000))]), isMalformed)
  assert.throws(() => parse([Buffer.from(`--XX--${'x'.repeat(5000)}`)]), isMalformed)
})

test('broken forms are refused, and none hangs', () => {
  const broken = {
    empty: '',
    'cut in a body': '--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\nhalf',
    'cut before the last boundary': part('a', 'b'),
    'cut in the last boundary': `${part('a', 'b')}--XX-`,
    'no closing dashes': `${part('a', 'b')}--XX\r\n`,
    'another boundary': part('a', 'b').replaceAll('XX', 'YY'),
    'junk after a boundary': `--XXjunk\r\n\r\n--XX--`,
    'no name': '--XX\r\nContent-Disposition: form-data\r\n\r\nb\r\n--XX--',
    'an empty name': '--XX\r\nContent-Disposition: form-data; name=""\r\n\r\nb\r\n--XX--',
    'no disposition': '--XX\r\nContent-Type: text/plain\r\n\r\nb\r\n--XX--',
    'an attachment': '--XX\r\nContent-Disposition: attachment; name="a"\r\n\r\nb\r\n--XX--',
    'a header without colon': '--XX\r\nContent-Disposition\r\n\r\nb\r\n--XX--',
    'endless headers': `--XX\r\nX: ${'y'.repeat(20_000)}`
  }
  for (const [name, text] of Object.entries(broken)) {
    assert.throws(() => parse([Buffer.from(text)]), isMalformed, name)
  }
})

test('names and file names are read as curl, browsers and libraries write them', () => {
  const read = (disposition: string) => parsePartHeaders(`Content-Disposition: ${disposition}`)
  const cases: [string, string, string | undefined][] = [
    ['form-data; name="title"', 'title', undefined],
    ['form-data; name=title', 'title', undefined],
    ['form-data;name="file";filename="v.mp4"', 'file', 'v.mp4'],
    ['form-data; filename="v.mp4"; name="file"', 'file', 'v.mp4'],
    ['form-data; name="file"; filename="a \\"b\\".mp4"', 'file', 'a "b".mp4'],
    ['form-data; name="file"; filename="a%22b.mp4"', 'file', 'a"b.mp4'],
    ['form-data; name="file"; filename="a;b=c.mp4"', 'file', 'a;b=c.mp4'],
    ['form-data; name="file"; filename="C:\\clips\\v.mp4"', 'file', 'v.mp4'],
    ['form-data; name="file"; filename="../../etc/passwd"', 'file', 'passwd'],
    ['form-data; name="file"; filename="naïve 🎬.mp4"', 'file', 'naïve 🎬.mp4'],
    [`form-data; name="file"; filename*=UTF-8''na%C3%AFve.mp4`, 'file', 'naïve.mp4'],
    ['form-data; name="file"; filename=""', 'file', '']
  ]
  for (const [disposition, name, fileName] of cases) {
    const found = read(disposition)
    assert.equal(found.name, name, disposition)
    assert.equal(found.fileName, fileName, disposition)
  }
})

test('the boundary is read from the content type, quoted or not', () => {
  assert.equal(readBoundary('multipart/form-data; boundary=abc'), 'abc')
  assert.equal(readBoundary('Multipart/Form-Data;charset=utf-8; BOUNDARY="a b:c"'), 'a b:c')
  for (const wrong of [
    'multipart/form-data',
    'multipart/form-data; boundary=',
    `multipart/form-data; boundary=${'x'.repeat(71)}`
  ]) {
    assert.throws(() => readBoundary(wrong), isMalformed, wrong)
  }
  for (const wrong of [undefined, '', 'multipart/mixed; boundary=a', 'application/json']) {
    assert.throws(
      () => readBoundary(wrong),
      error => error instanceof Problem && error.code === 'unsupported_media_type'
    )
  }
})
