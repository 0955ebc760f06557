import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { offsetShowing, spanOf, startsOf } from '#renderer/features/fleet/board-window.ts'

const sizes = [25, 44, 44, 25, 30, 30, 30]
const starts = startsOf(sizes)

describe('UI-VIRT-2: what of a list is on screen', () => {
  it('follows from a prefix sum of fixed sizes', () => {
    expect(starts).toEqual([0, 25, 69, 113, 138, 168, 198, 228])
  })

  it.each([
    ['from the start', 0, 50, 0, { first: 0, end: 2 }],
    ['an item that begins at the far edge is not in it', 0, 25, 0, { first: 0, end: 1 }],
    ['in the middle', 70, 60, 0, { first: 2, end: 4 }],
    ['with some on each side', 70, 60, 1, { first: 1, end: 5 }],
    ['never more than there are', 150, 500, 8, { first: 0, end: 7 }],
    ['past the end, as when the list has become shorter', 900, 60, 1, { first: 6, end: 7 }],
  ])('%s', (_name, from, room, extra, span) => {
    expect(spanOf(starts, from, room, extra)).toEqual(span)
  })

  it('is nothing of an empty list', () => {
    expect(spanOf(startsOf([]), 0, 500, 8)).toEqual({ first: 0, end: 0 })
  })

  it('is exactly what overlaps', () => {
    const lists = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(lists, fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 400 }), (list, at, room) => {
        const edges = startsOf(list)
        const from = Math.min(at, (edges.at(-1) ?? 0) - 1)
        const overlapping = list.flatMap((size, index) => {
          const start = edges[index] ?? 0
          return start < from + room && start + size > from ? [index] : []
        })
        const { first, end } = spanOf(edges, from, room, 0)
        expect(Array.from({ length: end - first }, (_, nth) => first + nth)).toEqual(overlapping)
      }),
    )
  })
})

describe('UI-A11Y-4: bringing an item into view', () => {
  it.each([
    ['stays where it is in view already', 2, 60, 100, 60],
    ['moves back to its start', 1, 60, 100, 25],
    ['moves on until its end is seen', 5, 60, 100, 98],
  ])('%s', (_name, index, offset, room, wanted) => {
    expect(offsetShowing(starts, index, offset, room)).toBe(wanted)
  })
})
