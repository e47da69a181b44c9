import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fieldsToObject, type KindOf } from './form-fields.ts'
import { Problem } from './problem.ts'

const read = (pairs: readonly (readonly [string, string])[], kindOf?: KindOf) =>
  fieldsToObject(
    pairs.map(([name, value]) => ({ name, value })),
    kindOf
  )

const cases: [sentence: string, fields: [string, string][], object: unknown][] = [
  [
    'plain fields',
    [
      ['title', 'Hi'],
      ['description', '']
    ],
    { title: 'Hi', description: '' }
  ],
  [
    'accounts repeated',
    [
      ['accounts', 'a'],
      ['accounts', 'b']
    ],
    { accounts: ['a', 'b'] }
  ],
  ['accounts with commas', [['accounts', 'a, b,c']], { accounts: ['a', 'b', 'c'] }],
  ['accounts as JSON', [['accounts', '["a","b"]']], { accounts: ['a', 'b'] }],
  [
    'accounts in brackets',
    [
      ['accounts[]', 'a'],
      ['accounts[]', 'b']
    ],
    { accounts: ['a', 'b'] }
  ],
  [
    'accounts in every way at once',
    [
      ['accounts', '["a"]'],
      ['accounts', 'b,c'],
      ['accounts[]', 'd']
    ],
    { accounts: ['a', 'b', 'c', 'd'] }
  ],
  ['accounts empty', [['accounts', '']], { accounts: [] }],
  ['accounts broken JSON stays to be refused', [['accounts', '["a"']], { accounts: ['["a"'] }],
  [
    'an object as JSON',
    [['youtube', '{"categoryId":"22","tags":["a"]}']],
    { youtube: { categoryId: '22', tags: ['a'] } }
  ],
  [
    'an object in brackets',
    [
      ['youtube[categoryId]', '22'],
      ['youtube[defaultLanguage]', 'en']
    ],
    { youtube: { categoryId: '22', defaultLanguage: 'en' } }
  ],
  [
    'both of them together',
    [
      ['youtube', '{"categoryId":"22"}'],
      ['youtube[tags]', '["x"]']
    ],
    { youtube: { categoryId: '22', tags: ['x'] } }
  ],
  [
    'a list in brackets',
    [
      ['youtube[tags][]', 'a'],
      ['youtube[tags][]', 'b']
    ],
    { youtube: { tags: ['a', 'b'] } }
  ],
  ['a list of one', [['youtube[tags][]', 'a']], { youtube: { tags: ['a'] } }],
  [
    'overrides of an account',
    [['accountOptions[account_1][title]', 'x']],
    { accountOptions: { account_1: { title: 'x' } } }
  ],
  [
    'options of an account as JSON',
    [['accountOptions[account_1][youtube]', '{"categoryId":"1"}']],
    { accountOptions: { account_1: { youtube: { categoryId: '1' } } } }
  ],
  [
    'a title that looks like JSON is a title',
    [
      ['title', '{"a":1}'],
      ['description', '[1]']
    ],
    { title: '{"a":1}', description: '[1]' }
  ],
  ['an overriding title too', [['accountOptions[a][title]', '[1]']], { accountOptions: { a: { title: '[1]' } } }],
  ['broken JSON stays text to be refused', [['youtube', '{categoryId:22}']], { youtube: '{categoryId:22}' }],
  [
    'a title twice becomes a list to be refused',
    [
      ['title', 'a'],
      ['title', 'b']
    ],
    { title: ['a', 'b'] }
  ],
  [
    'unknown fields stay',
    [
      ['colour', 'red'],
      ['a[b', 'x'],
      ['[x]', 'y']
    ],
    { colour: 'red', 'a[b': 'x', '[x]': 'y' }
  ],
  [
    'names of Object.prototype are names',
    [
      ['constructor[name]', 'x'],
      ['toString', 'y']
    ],
    { constructor: { name: 'x' }, toString: 'y' }
  ]
]

for (const [sentence, fields, expected] of cases) {
  test(`form fields: ${sentence}`, () => assert.deepEqual(read(fields), expected))
}

test('a schema may say how a text is to be read', () => {
  const kindOf: KindOf = path => ({ madeForKids: 'boolean', order: 'number', note: 'text' })[path.at(-1) ?? ''] as never
  const fields = [
    ['y[madeForKids]', 'true'],
    ['y[order]', '3'],
    ['y[note]', '[1]']
  ] as const
  assert.deepEqual(read(fields, kindOf), { y: { madeForKids: true, order: 3, note: '[1]' } })
  assert.deepEqual(
    read(
      [
        ['y[madeForKids]', 'yes'],
        ['y[order]', '0x3']
      ],
      kindOf
    ),
    { y: { madeForKids: 'yes', order: '0x3' } }
  )
})

test('no field reaches the prototype', () => {
  const attacks = [
    ['__proto__[x]', '1'],
    ['__proto__', '{"x":1}'],
    ['youtube[__proto__][x]', '1'],
    ['youtube', '{"__proto__":{"x":1}}'],
    ['accounts', '[{"__proto__":{"x":1}}]'],
    ['a[b][c][d][e][f][g]', '1']
  ]
  for (const [name = '', value = ''] of attacks) {
    assert.throws(
      () => read([[name, value]]),
      error => error instanceof Problem && error.code === 'malformed_form',
      name
    )
  }
  read([['constructor[prototype][x]', '1']])
  assert.equal(({} as Record<string, unknown>).x, undefined)
})

test('a field given as text and in brackets is refused', () => {
  const isMalformed = (error: unknown) => error instanceof Problem && error.code === 'malformed_form'
  assert.throws(
    () =>
      read([
        ['youtube', 'x'],
        ['youtube[a]', '1']
      ]),
    isMalformed
  )
})
