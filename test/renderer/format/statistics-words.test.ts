import { expect, it } from 'vitest'
import { rateWords, spanFigure, spanWords, unitFor } from '#renderer/format/statistics-words.ts'
import { createTexts, textOf } from '#renderer/format/text.ts'

const minute = 60_000
const text = textOf(await createTexts('en'))

it('says days as such, and shorter ones as durations', () => {
  expect([90_000, 90 * minute, 47 * 60 * minute, 54 * 60 * minute].map(spanWords)).toEqual([
    '1 min 30 s',
    '1 h 30 min',
    '47 h',
    '2.3 d',
  ])
  expect([500, 90_000, 3 * minute, 119 * minute, 120 * minute].map((ms) => unitFor(ms).name)).toEqual([
    's',
    's',
    'min',
    'min',
    'h',
  ])
})

it('says of how many a figure is, and none where they are too few', () => {
  expect(spanFigure(text, { count: 4, medianMs: undefined, p90Ms: undefined })).toEqual({
    value: '–',
    of: ['too few for a median: 4'],
  })
  expect(spanFigure(text, { count: 12, medianMs: minute, p90Ms: 2 * minute })).toEqual({
    value: '1 min',
    of: ['median of 12', '9 in 10 within 2 min'],
  })
  expect(rateWords(text, { failed: 1, ended: 4 })).toBe('1 of 4')
  expect(rateWords(text, { failed: 1, ended: 8 })).toBe('13%')
})
