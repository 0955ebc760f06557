import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { holds } from '#engine/expr/condition.ts'
import { fromJson, type Value } from '#engine/expr/values.ts'
import { Random } from '#test/sim/random.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const vector = (...numbers: readonly number[]): Value => Float64Array.from(numbers)
const json = (text: string): Value => fromJson(JSON.parse(text))
const object = json('{"a":1,"b":true,"c":[1,2,3,4],"d":null}')

/** Id of the rule, result, expression, and whether it holds or what is said. */
type Row = readonly [string, Value, string, boolean | RegExp]

const rows: readonly Row[] = [
  ['ANA-1401', vector(0.97), 'result[0] >= 0.95', true],
  ['ANA-1402', vector(), 'result[0] >= 0.95', /^index out of range: 0 \(array length is 0\)$/],
  ['ANA-1403', vector(), 'len(result) == 0 || result[0] >= 0.95', true],
  ['ANA-1404', vector(), 'len(result) > 0 && result[0] >= 0.95', false],
  ['ANA-1405', vector(Number.NaN), 'result[0] >= 0.95', false],
  ['ANA-1406', vector(Number.NaN), 'isNaN(result[0]) || result[0] >= 0.95', true],
  ['ANA-1407', vector(1), 'isNaN(result)', /^cannot use \[\]float64 as argument \(type float64\) to call isNaN $/],
  ['ANA-1408', Infinity, 'isInf(result)', true],
  ['ANA-1409', 5, 'result > 1', true],
  ['ANA-1410', 5, 'result == 5', true],
  ['ANA-1411', 5, 'result', /^expected bool, but got float64$/],
  ['ANA-1412', 5, '1', /^expected bool, but got int$/],
  ['ANA-1413', 5, 'a == true', /^unknown name a$/],
  ['ANA-1414', true, 'result == true', true],
  ['ANA-1415', true, 'result', true],
  ['ANA-1416', true, 'result == "true"', /mismatched types bool and string/],
  ['ANA-1417', 'true', "result == 'true'", true],
  ['ANA-1418', '1', 'asInt(result) == 1', true],
  ['ANA-1419', '1.1', 'asInt(result) == 1', /^strconv.ParseInt: parsing "1.1": invalid syntax$/],
  ['ANA-1420', 1.123, 'asInt(result) == 1', true],
  ['ANA-1421', '1.1', 'asFloat(result) >= 1.1', true],
  ['ANA-1422', '1.1', 'asFloat(result) == "1.1"', /mismatched types float64 and string/],
  ['ANA-1423', 'NotANum', 'asFloat(result) == 1.1', /^strconv.ParseFloat: parsing "NotANum": invalid syntax$/],
  ['ANA-1424', null, 'result < 0.05', /mismatched types unknown and float64/],
  ['ANA-1425', null, 'default(result, 0) < 0.05', true],
  ['ANA-1426', null, 'default(result, 1) < 0.05', false],
  ['ANA-1427', 0.006, 'default(result, 1) < 0.05', true],
  ['ANA-1428', null, 'isNil(result)', true],
  ['ANA-1429', null, 'isNil(result) || result < 0.05', /mismatched types unknown and float64/],
  ['ANA-1430', null, '(result ?? 0) < 1', true],
  ['ANA-1431', null, 'result ?? 0 < 1', /^Operator \(<\) and coalesce expressions \(\?\?\) cannot be mixed/],
  ['ANA-1432', null, 'result == nil', true],
  ['ANA-1433', object, 'result.a > 0 && result.b && all(result.c, {# < 5}) && result.d == nil', true],
  ['ANA-1434', object, 'result.missing == nil', true],
  ['ANA-1435', object, 'result.missing > 1', /^invalid operation: <nil> > int$/],
  ['ANA-1436', object, 'result.missing.x == 1', /^cannot fetch x from <nil>$/],
  ['ANA-1437', object, 'result.missing?.x == nil', true],
  ['ANA-1438', object, '(result.missing?.x ?? 7) == 7', true],
  ['ANA-1439', object, '"a" in result', true],
  ['ANA-1440', object, '!result.missing', /not bool/],
  ['ANA-1441', json('{"name":"x"}'), 'result.name == 5', false],
  ['ANA-1442', json('{"name":"x"}'), 'result.name > 5', /^invalid operation: string > int$/],
  ['ANA-1443', json('{"name":"x"}'), 'default(result.name, "y") == "x"', false],
  ['ANA-1444', vector(2, 2), '2 in result', true],
  ['ANA-1445', vector(1, 2, 3), 'any(result, # > 2)', true],
  ['ANA-1446', vector(1, 2, 3), 'none(result, {# > 3})', true],
  ['ANA-1447', vector(1, 2, 3), 'count(result, # > 1) == 2', true],
  ['ANA-1448', vector(1, 2, 3), 'filter(result, # > 1) | len() == 2', true],
  ['ANA-1449', vector(0.5, 0.98), 'map(result, # * 100)[1] > 95', true],
  ['ANA-1450', vector(0.01, 0.087, 0.04), 'max(result) < 0.05', false],
  ['ANA-1451', vector(1, 2, 3), 'mean(result) == 2 && sum(result) == 6 && median(result) == 2', true],
  ['ANA-1452', vector(1, 2, 3), 'result[-1] == 3 && result[1:] == [2, 3]', true],
  ['ANA-1453', vector(), 'all(result, # < 1)', true],
  ['ANA-1454', vector(), '(get(result, 0) ?? 1) == 1', true],
  ['ANA-1455', vector(), 'max(result) < 1', /^invalid operation: <nil> < int$/],
  ['ANA-1456', 5, '1 < result < 10', true],
  ['ANA-1457', 5, 'result in 1..10', true],
  ['ANA-1458', 5.5, 'result in 1..10', false],
  ['ANA-1459', 5, 'result % 2 == 1', /^invalid operation: % \(mismatched types float64 and int\)$/],
  ['ANA-1460', 5, 'result / 2 == 2.5 and 7 / 2 == 3.5', true],
  ['ANA-1461', 3, '2 ** result == 8', true],
  ['ANA-1462', 5, 'result > 3 ? result < 10 : false', true],
  ['ANA-1463', 5, 'let r = result; r > 3 && r < 6', true],
  ['ANA-1464', 5, 'if result > 3 { true } else { false }', true],
  ['ANA-1465', 'v12', 'result matches "^v[0-9]+$"', true],
  ['ANA-1466', 'I am OK', 'result contains "OK" and result startsWith "I" and result endsWith "K"', true],
  ['ANA-1467', 'c', 'result not in ["a", "b"]', true],
  ['ANA-1468', 'c', 'not result in ["a"]', /^invalid operation: not \(mismatched type string\)$/],
  ['ANA-1469', 'A,b', 'split(lower(result), ",") == ["a", "b"]', true],
  ['ANA-1470', '', 'result == ""', true],
  ['ANA-1471', '{"ok":true}', 'fromJSON(result).ok', true],
  ['ANA-1472', json('[{"v":"9901"},{"v":"9950"}]'), 'all(result, {asFloat(.v) >= 9900})', true],
  ['ANA-1473', json('{"data":{"items":[{"value":3}]}}'), 'result.data.items[0].value == 3', true],
  ['ANA-1474', json('{"average.duration":0.2}'), 'result["average.duration"] < 0.3', true],
  [
    'ANA-1475',
    json('{"successRate":0.99,"errors":0}'),
    '(result.successRate * 100) >= 99 and not (result.errors > 0)',
    true,
  ],
  ['ANA-1476', Number.NaN, 'result == result', false],
  [
    'ANA-1477',
    json('[{"Values":[0.01,0.002,0,0.01,0]}]'),
    'len(result[0].Values) >= 5 and all(result[0].Values, {# <= 0.01})',
    true,
  ],
  ['ANA-1478', 5, 'duration("90s").Seconds() == 90', true],
  ['ANA-1495', 1_000_000, 'string(result) == "1e+06"', true],
  ['ANA-1496', 123_456, 'string(result) == "123456"', true],
  ['ANA-1497', 0.000_01, 'string(result) == "1e-05"', true],
  ['ANA-1498', '', 'asFloat(result) == 0', /^strconv.ParseFloat: parsing "": invalid syntax$/],
  ['ANA-1499', '1e999', 'isInf(asFloat(result))', /^strconv.ParseFloat: parsing "1e999": value out of range$/],
  ['ANA-1499a', vector(1), 'isNaN(len(result))', /is int, not float64$/],
  ['ANA-1499b', json('{"n":4}'), 'result.n % 2 == 0', /^invalid operation: float64 % int$/],
  ['ANA-1499c', json('{"n":4}'), 'int(result.n) % 2 == 0', true],
  ['ANA-1499d', 5, 'all(result, # > 1)', /^builtin all takes only array \(got float64\)$/],
  ['ANA-1499e', 5, 'result ? true : false', /^non-bool expression \(type float64\) used as condition$/],
  ['ANA-1499f', vector(Number.NaN, 1), 'max(result) >= 1', false],
  ['ANA-1499g', vector(1, Number.NaN), 'max(result) >= 1', true],
  ['ANA-1499h', null, '1 in result', /mismatched types int and unknown/],
  ['ANA-1499i', 5, '1 < result ?? 0', true],
]

describe('conditions', () => {
  it.each(rows)('%s: %j: %s', (_rule, result, expression, outcome) => {
    const found = holds(expression, result, T0)
    const matches = typeof outcome === 'boolean' ? outcome : !found.ok && outcome.test(found.error) && found.error
    expect(found.ok ? found.value : found.error).toBe(matches)
  })
})

/** What expr-lang/expr v1.17.8 says of each condition, computed by its own Go library in the environment of ANA-1302. */
interface Told {
  readonly kind: 'vector' | 'float' | 'string' | 'bool' | 'nil' | 'json'
  readonly value: unknown
  /** Whether it holds, or the error. */
  readonly conditions: readonly (readonly [string, boolean | string])[]
}

const told = JSON.parse(readFileSync('test/fixtures/conditions.json', 'utf8')) as readonly Told[]

const special: Readonly<Record<string, number>> = { NaN: Number.NaN, Inf: Infinity }
const numberOf = (text: unknown): number => (typeof text === 'string' ? (special[text] ?? Number.NaN) : Number(text))
const valueOf = ({ kind, value }: Told): Value =>
  kind === 'vector' ? Float64Array.from((value as readonly unknown[]).map(numberOf)) : fromJson(value)

describe('conditions as expr-lang itself judges them', () => {
  it.each(told)('ANA-1301: of a $kind $value', (group) => {
    const result = valueOf(group)
    const differing = group.conditions.filter(([expression, outcome]) => {
      const found = holds(expression, result, T0)
      return typeof outcome === 'boolean' ? !found.ok || found.value !== outcome : found.ok
    })
    expect(differing).toEqual([])
  })

  it('there are a thousand of them, and the words of most errors are the same', () => {
    const all = told.flatMap((group) => group.conditions.map((each) => [valueOf(group), ...each] as const))
    expect(all.length).toBeGreaterThanOrEqual(1000)
    const errors = all.filter(([, , outcome]) => typeof outcome === 'string')
    const same = errors.filter(([result, expression, outcome]) => {
      const found = holds(expression, result, T0)
      return !found.ok && found.error === outcome
    })
    expect(same.length / errors.length).toBeGreaterThan(0.85)
  })
})

describe('what conditions say of times', () => {
  it.each([
    'toJSON([duration("1ms"), date("2026-01-15")]) == "[\\n  1000000,\\n  \\"2026-01-15T00:00:00Z\\"\\n]"',
    'string(date("2026-01-15T10:00:00.5Z")) == "2026-01-15 10:00:00.5 +0000 UTC"',
    'asInt("-00012") == -12 && asInt("9223372036854775807") > 0',
    'split("a😀b", "") == ["a", "😀", "b"] && split("a,b,c", ",", 2) == ["a", "b,c"]',
    'trim("\\u0085 a b\\t") == "a b" && trim("xax", "x") == "a"',
    'replace("aaa", "a", "b", 2) == "bba" && replace("aaa", "a", "b") == "bbb" && replace("a😀", "", "-") == "-a-😀-"',
    '"\\u{1F600}" > "\\uFFFF" && "a" < "ab" && "b" > "ab"',
  ])('ANA-1307: %s', (expression) => {
    expect(holds(expression, 5, T0)).toEqual({ ok: true, value: true })
  })
})

describe('conditions that nobody should have written', () => {
  it.each([
    ['result.constructor == nil', true],
    ['result["__proto__"] == nil', true],
    ['result.toString == nil', true],
    ['[{constructor: 2}][0].constructor == 2', true],
  ])('ANA-1308: no prototype is within reach: %s', (expression, outcome) => {
    expect(holds(expression, json('{"a":1}'), T0)).toEqual({ ok: true, value: outcome })
  })

  it.each([
    ['constructor("x")', /^unknown name constructor$/],
    ['result.hasOwnProperty("a")', /has no method hasOwnProperty$/],
    ['duration("1s").constructor() == nil', /^type time.Duration has no method constructor$/],
    ['now().toString() == nil', /^type time.Time has no method toString$/],
    ['fromJSON("5").valueOf() == 5', /^type float64 has no method valueOf$/],
    [`1${'+1'.repeat(4900)} > 0`, /^expression is nested too deeply$/],
    [`result${'.a'.repeat(3000)} == nil`, /^expression is nested too deeply$/],
    ['len(reduce(1..600, [#acc])) == 1', /^value is nested too deeply$/],
    ['fromJSON(repeat("[", 2990) + repeat("]", 2990)) == nil', /^value is nested too deeply$/],
    ['len(reduce(1..30, #acc + #acc, "xxxx")) == 1', /^memory budget exceeded$/],
    ['len(reduce(1..100, [#acc, #acc], 1)) == 2', /^memory budget exceeded$/],
    ['uniq(1..10000) == []', /^evaluation takes too many steps$/],
    ['count(1..1000, len(sort(1..10000)) > 0) == 0', /^(memory budget exceeded|evaluation takes too many steps)$/],
    ['len(replace(repeat("a", 100000), "a", repeat("b", 1000))) > 0', /^memory budget exceeded$/],
    ['len(join(map(1..1000, "a"), repeat("b", 100000))) > 0', /^memory budget exceeded$/],
    ['lastIndexOf(repeat("a", 400000), repeat("a", 200000) + "b") < 0', /^evaluation takes too many steps$/],
    ['reduce(1..2000, #acc + duration("2500000h"), now()) > now()', /^time is out of range$/],
    [`duration("${'9'.repeat(150)}h") > duration("1s")`, /^time: invalid duration/],
    [`asInt("${'9'.repeat(150)}") > 1`, /value out of range$/],
    ['1..10000000 == []', /^memory budget exceeded$/],
    ['repeat("ab", 1000000) == ""', /^memory budget exceeded$/],
    ['all(1..3000, all(1..3000, # > 0))', /^(memory budget exceeded|evaluation takes too many steps)$/],
    [`${'('.repeat(5000)}1${')'.repeat(5000)} == 1`, /^expression is nested too deeply$/],
    [`[${'1,'.repeat(10_001)}] == []`, /exceeds maximum allowed nodes$/],
    [`${'!'.repeat(5000)}true`, /^expression is nested too deeply$/],
    ['/* open', /^unclosed comment$/],
    ['"open', /^literal not terminated$/],
    ['result § 1', /^unrecognized character: §$/],
    ['12abc == 1', /^bad number syntax/],
    ['"\\q" == ""', /^invalid char escape$/],
    ['99999999999999999999 > 1', /^integer literal is too large$/],
    [`result.a ${'matches "a"'.padEnd(1)} && "x" matches "${'a'.repeat(1001)}"`, /too large|mismatched|invalid/],
  ])('ANA-1315: %.60s is refused', (expression, words) => {
    expect(holds(expression, json('{"a":1}'), T0)).toEqual({ ok: false, error: expect.stringMatching(words) })
  })

  it('nothing but an answer or an error comes of any text', () => {
    const pieces = [
      ...[
        'result',
        '.a',
        '?.',
        '[',
        ']',
        '(',
        ')',
        '{',
        '}',
        '#',
        '1',
        '2.5',
        '"x"',
        '`',
        "'",
        'nil',
        ' in ',
        ' ?? ',
        '..',
      ],
      ...[
        '&&',
        '||',
        '!',
        'not ',
        '-',
        '**',
        '%',
        ',',
        ':',
        ';',
        '?',
        '|',
        'all(',
        'map(',
        'len(',
        'let x = ',
        'if ',
        'else ',
      ],
      ...['asInt(', 'default(', 'matches ', '\\', '/*', '//', '\n', '§', '😀', '__proto__', 'reduce(', '#acc', 'now()'],
    ]
    const random = new Random(7)
    const values: readonly Value[] = [5, 'x', null, true, vector(1, 2), object]
    for (let run = 0; run < 20_000; run++) {
      const text = Array.from({ length: random.int(1, 14) }, () => random.pick(pieces)).join('')
      const found = holds(text, random.pick(values), T0)
      expect(typeof (found.ok ? found.value : found.error)).toBe(found.ok ? 'boolean' : 'string')
    }
  })
})
