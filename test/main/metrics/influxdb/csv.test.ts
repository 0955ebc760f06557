import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvRecords } from '#main/metrics/influxdb/csv.ts'

const read = (text: string) => [...csvRecords(text)]

describe('CSV', () => {
  it.each([
    ['', []],
    ['\n\r\n\n', []],
    ['a', [['a']]],
    [
      'a,b\nc,\n,',
      [
        ['a', 'b'],
        ['c', ''],
        ['', ''],
      ],
    ],
    [
      'a,b\r\n\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['"a,b","c""d"\n', [['a,b', 'c"d']]],
    ['"line\r\nbreak",x', [['line\nbreak', 'x']]],
    ['""', [['']]],
    ['a\rb,c\r', [['a\rb', 'c']]],
    ['á,"日"', [['á', '日']]],
  ])('PRV-1103: %j', (text, records) => {
    expect(read(text)).toEqual(records)
  })

  it.each([
    'good,1\nb"d,2\nlost,3',
    'good,1\n"b"d,2\nlost,3',
    'good,1\n"never ends,2\nlost,3',
    'good,1\n"a"\rx\nlost,3',
  ])('PRV-1103: ends at what is malformed: %j', (text) => {
    expect(read(text)).toEqual([['good', '1']])
  })

  it('PRV-1103: whatever is written comes back', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' ', '#', 'é', '𝄞') })
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
    const plain = (text: string) => (/[",\n]/.test(text) || text === '' ? quoted(text) : text)
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 1 })),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom(quoted, plain),
        (records, end, write) => {
          expect(read(records.map((each) => each.map(write).join()).join(end))).toEqual(records)
        },
      ),
    )
  })

  it('PRV-1103: any text is read to some end, a long one too', () => {
    fc.assert(fc.property(fc.string(), (text) => read(text).every((record) => record.length > 0)))
    for (const unit of ['\r', '"', ',', 'a', '""', '\n']) expect(read(unit.repeat(200_000)).length).toBeLessThan(2)
  })
})
