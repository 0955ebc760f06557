import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { drawMark, markShapes } from '#main/window/tray-icon.ts'

const at = (pixels: Buffer, side: number, x: number, y: number) => [
  ...pixels.subarray((y * side + x) * 4).subarray(0, 4),
]

it('draws sails and hull in the ink, sharp inside and empty around', () => {
  const pixels = drawMark(32, [29, 89, 207])
  expect(pixels).toHaveLength(32 * 32 * 4)
  for (const [x, y] of [
    [12, 14],
    [19, 14],
    [16, 25],
  ] as const)
    expect(at(pixels, 32, x, y)).toEqual([207, 89, 29, 255])
  for (const [x, y] of [
    [0, 0],
    [31, 0],
    [16, 10],
    [16, 20],
    [1, 31],
  ] as const)
    expect(at(pixels, 32, x, y)).toEqual([0, 0, 0, 0])
})

it('an edge that covers part of a pixel is that much lighter, colours with it', () => {
  const pixels = drawMark(16, [200, 200, 200])
  const partly = Array.from({ length: 256 }, (_, index) => [...pixels.subarray(index * 4, index * 4 + 4)]).filter(
    ([, , , cover = 0]) => cover > 0 && cover < 255,
  )
  expect(partly.length).toBeGreaterThan(10)
  for (const [blue = 0, , , cover = 0] of partly) expect(Math.abs(blue - (200 * cover) / 255)).toBeLessThanOrEqual(1)
})

it('has the corners of the mark in the window', () => {
  const svg = readFileSync('renderer/ui/mark.svg', 'utf8')
  const starts = [...svg.matchAll(/M([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)])
  expect(markShapes.map(([first]) => first)).toEqual(starts)
  expect(svg.match(/ d="([^"]+)"/)?.[1]).toBe(
    'M7.4 1.5v8H2.2zM8.6 3.2l4.6 6.3H8.6zM1.6 11h12.8l-1.6 2.6c-.3.6-.9.9-1.5.9H4.7c-.6 0-1.2-.3-1.5-.9z',
  )
})
