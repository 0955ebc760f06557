import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Value } from '#engine/expr/values.ts'
import { valuesIn } from '#main/metrics/influxdb/annotated-csv.ts'

/** A table with one column beside the result. */
const table = (datatype: string, ...cells: readonly string[]) =>
  [
    '#datatype,string,' + datatype,
    '#group,false,false',
    '#default,_result,',
    ',result,_value',
    ...cells.map((each) => `,,${each}`),
  ].join('\r\n')

describe('annotated CSV', () => {
  it('PRV-1103: the column _value of every row of every table, in order', () => {
    const answer = `#datatype,string,long,dateTime:RFC3339,double,string
#group,false,false,false,false,true
#default,_result,,,,
,result,table,_time,_value,host
,,0,2026-01-01T00:00:00Z,0.01,a
,,0,2026-01-01T00:00:10Z,0.02,a

#datatype,string,long,long
#group,false,false,false
#default,_result,,
,result,table,_value
,,1,7
`
    expect(valuesIn(answer)).toEqual([0.01, 0.02, 7n])
    expect(valuesIn(answer.replaceAll('\n', '\r\n'))).toEqual([0.01, 0.02, 7n])
  })

  it.each<[string, string, Value]>([
    ['double', '0.1', 0.1],
    ['double', '+Inf', Number.POSITIVE_INFINITY],
    ['double', 'NaN', Number.NaN],
    ['long', '-9223372036854775808', -(2n ** 63n)],
    ['unsignedLong', '18446744073709551615', 2n ** 64n - 1n],
    ['boolean', 'FALSE', false],
    ['boolean', 'no', true],
    ['string', 'x', 'x'],
    ['dateTime:RFC3339', '2026-01-01T00:00:00+01:00', { kind: 'time', ns: 1767222000n * 10n ** 9n }],
    ['dateTime:RFC3339Nano', '2026-01-01T00:00:00.123456789Z', { kind: 'time', ns: 1767225600123456789n }],
    ['duration', '1m30s', { kind: 'duration', ns: 90n * 10n ** 9n }],
    ['base64Binary', 'aGk=', [104n, 105n]],
    ['unknown', '', null],
  ])('PRV-1103: %s %j', (datatype, cell, value) => {
    expect(valuesIn(table(datatype, cell))).toEqual([value])
  })

  it('PRV-1103: an empty cell has its default, else it is nil', () => {
    const withDefault = '#datatype,string,double\n#default,_result,2.5\n,result,_value\n,,\n,,1\n'
    expect(valuesIn(withDefault)).toEqual([2.5, 1])
    expect(valuesIn(table('double', '', '1'))).toEqual([null, 1])
    expect(valuesIn('#datatype,string,double\n,result,other\n,,1\n')).toEqual([null])
  })

  it.each([
    ['double', 'many'],
    ['long', '1.5'],
    ['long', '9223372036854775808'],
    ['unsignedLong', '-1'],
    ['unsignedLong', '18446744073709551616'],
    ['dateTime:RFC3339', 'yesterday'],
    ['duration', '5'],
    ['base64Binary', 'a'],
    ['decimal', '1'],
    ['constructor', '1'],
  ])('PRV-1103: a %s that reads %j ends it', (datatype, cell) => {
    expect(valuesIn(table(datatype, cell, cell))).toEqual([])
  })

  it.each([
    ['another number of cells', ',,3,4\n,,5'],
    ['a cell before the annotation column', 'x,,3'],
    ['a malformed row', ',,"3\n,,5'],
    ['a table without types', '#group,false,false\n,result,_value\n,,5'],
    ['a table of nothing without types', '#group,false,false\n,result,_value\n,,'],
    ['an error', '#datatype,string,string\n,error,reference\n,Failed to parse,897\n,,5'],
  ])('PRV-1103: %s ends it, and what came before counts', (_name, rest) => {
    expect(valuesIn(`#datatype,string,long\n,result,_value\n,,1\n,,2\n${rest}\n`)).toEqual([1n, 2n])
  })

  it('PRV-1103: data without annotations is nothing', () => {
    expect(valuesIn(',result,_value\n,,1\n')).toEqual([])
    expect(valuesIn('#datatype,string,long\n')).toEqual([])
  })

  it('PRV-1103: reads back every table of floats and of text that is written', () => {
    const tables = fc.array(
      fc.oneof(
        fc.record({ datatype: fc.constant('double'), cells: fc.array(fc.double().map(goText)) }),
        fc.record({ datatype: fc.constant('string'), cells: fc.array(fc.stringMatching(/^[a-z ]+$/)) }),
        fc.record({
          datatype: fc.constant('long'),
          cells: fc.array(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String)),
        }),
      ),
    )
    fc.assert(
      fc.property(tables, (written) => {
        const text = written.map(({ datatype, cells }) => table(datatype, ...cells)).join('\r\n\r\n')
        expect(valuesIn(text)).toEqual(
          written.flatMap(({ datatype, cells }) => cells.map((each) => readAs(datatype, each))),
        )
      }),
    )
  })
})

const goText = (value: number): string =>
  Number.isFinite(value)
    ? Object.is(value, -0)
      ? '-0'
      : String(value)
    : Number.isNaN(value)
      ? 'NaN'
      : value > 0
        ? '+Inf'
        : '-Inf'

const readAs = (datatype: string, cell: string): Value => {
  if (datatype === 'long') return BigInt(cell)
  return datatype === 'double' ? Number(cell.replace('Inf', 'Infinity')) : cell
}
