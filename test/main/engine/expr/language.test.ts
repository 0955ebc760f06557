import { describe, expect, it } from 'vitest'
import { holds } from '#engine/expr/condition.ts'
import { fromJson, type Value } from '#engine/expr/values.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const object: Value = fromJson({ a: 1, n: null, s: 'x', list: [3, 1, 2], deep: { er: [{ v: 1 }] } })
const vector: Value = Float64Array.of(3, 1, 2)

/** Id of the rule, result, and expressions that hold, or what is said. */
type Row = readonly [string, Value, string, RegExp?]

const rows: readonly Row[] = [
  ['ANA-1302', null, 'isNil(1) && default(7, 2) == 2'],
  ['ANA-1302', 1, 'default(nil, 2) == 1 && !isNil(nil)'],
  ['ANA-1302', 2.9, 'asInt(result) == 2 && asInt(-2.9) == -2'],
  ['ANA-1302', ' 1', 'asInt(result) == 1', /^strconv.ParseInt: parsing " 1": invalid syntax$/],
  ['ANA-1302', true, 'asInt(result) == 1', /^asInt\(\) not supported on bool true$/],
  ['ANA-1302', null, 'asInt(result) == 1', /^asInt\(\) not supported on <nil> <nil>$/],
  ['ANA-1302', '-iNf', 'isInf(asFloat(result)) && asFloat("0x1p4") == 16 && isNaN(asFloat("nan"))'],
  ['ANA-1302', '1 ', 'asFloat(result) == 1', /^strconv.ParseFloat: parsing "1 ": invalid syntax$/],
  ['ANA-1302', 5, 'isNaN(1 + 2 * 3) == false'],
  ['ANA-1302', 5, 'isNaN(asInt(1))', /is int, not float64$|is int64, not float64$/],
  ['ANA-1304', 42, '[0x2A, 0b101010, 0o52, 4_2, 42.0, .42e2] == map(1..6, result)'],
  ['ANA-1304', '\n\t\x41B😀', 'result == "\\n\\t\\x41\\u0042\\u{1F600}" && result == "\\n\\t\\101\\u0042\\U0001F600"'],
  ['ANA-1304', 'a`\\n', 'result == `a``\\n` // raw'],
  ['ANA-1304', 5, '"\n" == ""', /^literal not terminated$/],
  ['ANA-1304', 5, '{a: 1, "b": [2, /* two */ nil], ("c" + "d"): true}.cd'],
  ['ANA-1304', 5, 'result == 5 # five', /^unexpected token Operator\("#"\)$/],
  ['ANA-1305', 5, '2 + 3 * 2 ** 2 ** 1 == 14 && -2 ** 2 == -4 && 7 % 4 * 2 == 6'],
  ['ANA-1305', 5, 'true or false and false'],
  ['ANA-1305', 5, '0 < result <= 5 && !(0 < result < 5)'],
  ['ANA-1305', 'b', '"b" not in ["a"] and result not contains "c" and not (result not in ["b"])'],
  ['ANA-1305', 5, 'not 1 == 2', /^invalid operation: not \(mismatched type int\)$/],
  ['ANA-1305', null, '(result ?? 3) ?: 4 == 3', /^non-bool expression \(type int\) used as condition$/],
  ['ANA-1305', 5, 'let a = 2; let b = a + 1; if a < b { b == 3 } else { false }'],
  ['ANA-1305', vector, 'result | filter(# > 1) | map(# * 2) | len() == 2'],
  ['ANA-1305', 5, 'true | 1', /^unexpected token/],
  ['ANA-1305', object, 'result?.["a"] == 1 && result.list[-1:] == [2] && result.deep.er[0].v == 1'],
  ['ANA-1306', vector, 'all(result, # > 0) && any(result, {# > 2}) && none(result, # > 3) && one(result, # == 1)'],
  ['ANA-1306', object, 'filter(result.deep.er, .v == 1) == map(result.deep.er, #)'],
  ['ANA-1306', vector, 'find(result, # < 3) == 1 && findIndex(result, # < 3) == 1 && findLast(result, # < 3) == 2'],
  ['ANA-1306', vector, 'findLastIndex(result, # > 5) == nil && count(result, # > 1) == 2 && sum(result, # * 2) == 12'],
  ['ANA-1306', vector, 'map(result, #index) == [0, 1, 2] && reduce(result, #acc + # * #index, 10) == 15'],
  ['ANA-1306', vector, 'sortBy(result, -#) == [3, 2, 1] && sortBy(result, #, "desc") == [3, 2, 1]'],
  ['ANA-1306', vector, 'groupBy(result, # > 1 ? "many" : "one").many == [3, 2]'],
  ['ANA-1306', vector, '# > 1', /^unexpected token Operator\("#"\)$/],
  ['ANA-1307', 2.5, 'round(-result) == -3 && ceil(2) == 2.0 && floor(-result) == -3 && abs(-3) == 3'],
  ['ANA-1307', 'x', 'int(result) == 1', /^invalid operation: int\(x\)$/],
  ['ANA-1307', 'x', 'float(result) == 1', /^invalid operation: float\(x\)$/],
  ['ANA-1307', 'é😀a', 'len(result) == 3 && indexOf(result, "a") == 6 && lastIndexOf(result, "é") == 0'],
  ['ANA-1307', object, 'sort(keys(result)) == ["a", "deep", "list", "n", "s"] && len(values(result)) == 5'],
  ['ANA-1307', object, 'fromPairs(toPairs(result)) == result && fromPairs([["k", 1]]).k == 1'],
  ['ANA-1307', object, 'fromPairs([[1, 2]]) == {}', /^invalid pair \[1 2\]$/],
  ['ANA-1307', vector, 'sort(result) == [1, 2, 3] && take(reverse(result), 1) == [2] && uniq([1, 1]) == [1]'],
  ['ANA-1307', object, 'flatten([1, [2, [3]]]) == concat([1], [2, 3]) && join(["a", "b"], "-") == "a-b"'],
  ['ANA-1307', object, 'toJSON({b: 1, a: [true]}) == "{\\n  \\"a\\": [\\n    true\\n  ],\\n  \\"b\\": 1\\n}"'],
  ['ANA-1307', object, 'type(result) == "map" && type(nil) == "nil" && type(1) == "int" && type(1.5) == "float"'],
  ['ANA-1307', 'aXa', 'upper(lower(result)) == "AXA" && hasPrefix(result, "aX") && hasSuffix(result, "Xa")'],
  ['ANA-1307', 5, 'date("2026-01-15T00:00:00Z").Year() == 2026 && now() - duration("1h") < now()'],
  ['ANA-1307', 5, 'bitand(1, 2) == 0', /^unknown name bitand$/],
  ['ANA-1308', 5, 'false && result == "x"', /mismatched types float64 and string/],
  ['ANA-1308', null, 'false && result < 1', /mismatched types unknown and int/],
  ['ANA-1308', object, '5 in result', /^cannot use int as type string in map key$/],
  ['ANA-1308', 5, 'result.a == 1', /^type float64 has no field a$/],
  ['ANA-1308', 5, 'all([1], 2)', /^predicate should return boolean \(got int\)$/],
  ['ANA-1309', object, 'result.none == nil && result.none?.a?.b == nil && result.list[0:9] == [3, 1, 2]'],
  ['ANA-1309', object, 'result.none.a == nil', /^cannot fetch a from <nil>$/],
  ['ANA-1309', object, 'result.list[-4] == 1', /^index out of range: -1 \(array length is 3\)$/],
  ['ANA-1309', object, 'result.s > 1', /^invalid operation: string > int$/],
  ['ANA-1309', object, '!(result.s == 1) && !(result.n contains "a") && !(1 in result.n) && "a" in result'],
  ['ANA-1309', object, 'result.a && true', /not bool$/],
  ['ANA-1309', object, 'true || result.a.b.c'],
  ['ANA-1309', object, '[1, 2.0] == [1.0, 2] && {a: 1} != {a: 1.0} && {a: [1]} == {a: [1]}'],
  ['ANA-1310', 5, '5 / 2 == 2.5 && isInf(1 / 0) && isNaN(0 / 0.0) && 2 ** 3 == 8.0'],
  ['ANA-1310', 5, '9223372036854775807 + 1 < 0 && -7 % 4 == -3'],
  ['ANA-1310', 5, '1 % 0 == 0', /^integer divide by zero$/],
  ['ANA-1310', object, 'result.a % 2 == 1', /^invalid operation: float64 % int$/],
  [
    'ANA-1311',
    Float64Array.of(),
    'all(result, # > 0) && none(result, # > 0) && !any(result, # > 0) && !one(result, # > 0)',
  ],
  ['ANA-1311', Float64Array.of(), 'count(result) == 0 && sum(result) == 0 && mean(result) == 0 && median(result) == 0'],
  [
    'ANA-1311',
    Float64Array.of(),
    'max(result) == nil && first(result) == nil && get(result, 0) == nil && find(result, true) == nil',
  ],
  ['ANA-1311', Float64Array.of(Number.NaN, 1), 'isNaN(max(result)) && isNaN(mean(result)) && max([1, result[0]]) == 1'],
  ['ANA-1311', Float64Array.of(2, Number.NaN, 1), 'median(result) == 1'],
  ['ANA-1312', 1e-5, 'string(result) == "1e-05" && string(0.0001) == "0.0001" && string(100000.0) == "100000"'],
  ['ANA-1312', 1e6, 'string(result) == "1e+06" && string(1234567.0) == "1.234567e+06" && string(1e21) == "1e+21"'],
  ['ANA-1312', -0, 'string(result) == "-0" && string(1 / 0) == "+Inf" && string(0 / 0) == "NaN" && string(2.0) == "2"'],
  ['ANA-1314', 5, 'len() == 0', /^not enough arguments to call len$/],
  ['ANA-1314', 5, 'isNaN(1.0, 2.0)', /^too many arguments to call isNaN$/],
  ['ANA-1314', 5, 'abs(1, 2) == 1', /^too many arguments to call abs$/],
]

describe('the language of conditions', () => {
  const named = rows.map(([rule, result, expression, words]) => ({ rule, result, expression, words }))
  it.each(named)('$rule: $expression', ({ result, expression, words }) => {
    const found = holds(expression, result, T0)
    expect(found.ok ? String(found.value) : found.error).toMatch(words ?? /^true$/)
  })
})
