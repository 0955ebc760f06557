import { expect, it } from 'vitest'
import { remembered, rememberedAnswers, rememberedPair, rememberedTexts } from '#lib/remembered.ts'

const counting = () => {
  const asked: unknown[] = []
  const answer = remembered((of: unknown) => {
    asked.push(of)
    return typeof of === 'object' && of !== null ? Object.keys(of).length : undefined
  })
  return { asked, answer }
}

it('works out the answer about an object once, also when it is undefined', () => {
  const { asked, answer } = counting()
  const [one, none] = [{ a: 1 }, remembered(() => undefined)]
  expect([answer(one), answer(one), none(one), none(one)]).toEqual([1, 1, undefined, undefined])
  expect(asked).toEqual([one])
})

it('asks again about an equal object, and about what is no object', () => {
  const { asked, answer } = counting()
  for (const of of [{ a: 1 }, { a: 1 }, 'text', 'text', null, null, undefined]) answer(of)
  expect(asked).toHaveLength(7)
})

it('works out the answer about a pair once', () => {
  const asked: string[] = []
  const joined = rememberedPair((left: { readonly name: string }, right: { readonly name: string }) => {
    asked.push(left.name + right.name)
    return left.name + right.name
  })
  const [a, b] = [{ name: 'a' }, { name: 'b' }]
  expect([joined(a, b), joined(b, a), joined(a, a), joined(a, b)]).toEqual(['ab', 'ba', 'aa', 'ab'])
  expect(asked).toEqual(['ab', 'ba', 'aa'])
})

it('works out the answer about several objects once, in their order', () => {
  const answers = rememberedAnswers<string>()
  const [a, b] = [{}, {}]
  const asked: string[] = []
  const ask = (from: readonly object[], name: string) =>
    answers(from, () => {
      asked.push(name)
      return name
    })
  expect([ask([a, b], '1'), ask([a, b], '2'), ask([b, a], '3'), ask([a], '4'), ask([], '5'), ask([], '6')]).toEqual([
    '1',
    '1',
    '3',
    '4',
    '5',
    '5',
  ])
  expect(asked).toEqual(['1', '3', '4', '5'])
})

it('works out the answer about a text once, until all of them are too long together', () => {
  const answers = rememberedTexts<number>()
  const asked: number[] = []
  const ask = (text: string) =>
    answers(text, () => {
      asked.push(text.length)
      return text.length
    })
  const [short, long, longer] = ['a', 'b'.repeat(2 ** 21), 'c'.repeat(2 ** 21)]
  expect([short, long, short, long].map(ask)).toEqual([1, 2 ** 21, 1, 2 ** 21])
  expect(asked).toEqual([1, 2 ** 21])
  expect([longer, longer, short].map(ask)).toEqual([2 ** 21, 2 ** 21, 1])
  expect(asked).toEqual([1, 2 ** 21, 2 ** 21, 1])
})
