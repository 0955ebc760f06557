/** The mark of Argosy in a square of 16: two sails and a hull. The same as renderer/ui/mark.svg, its curves as their chords. */
export const markShapes: readonly (readonly (readonly [x: number, y: number])[])[] = [
  [
    [7.4, 1.5],
    [7.4, 9.5],
    [2.2, 9.5],
  ],
  [
    [8.6, 3.2],
    [13.2, 9.5],
    [8.6, 9.5],
  ],
  [
    [1.6, 11],
    [14.4, 11],
    [12.8, 13.6],
    [12.2, 14.26],
    [11.3, 14.5],
    [4.7, 14.5],
    [3.8, 14.26],
    [3.2, 13.6],
  ],
]

/** Red, green, blue. */
export type Ink = readonly [number, number, number]

const samples = 4

/** The mark as pixels: blue, green, red and coverage, rows from the top, colours multiplied by coverage as Electron wants them. */
export function drawMark(side: number, [red, green, blue]: Ink): Buffer {
  const pixels = Buffer.alloc(side * side * 4)
  const scale = 16 / side
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const cover = coverage(x * scale, y * scale, scale)
      const colour = [blue * cover, green * cover, red * cover, 255 * cover].map(Math.round)
      pixels.set(colour, (y * side + x) * 4)
    }
  return pixels
}

/** How much of a square is inside the mark, 0 to 1. */
function coverage(left: number, top: number, side: number): number {
  let inside = 0
  for (let row = 0; row < samples; row++)
    for (let column = 0; column < samples; column++) {
      const x = left + ((column + 0.5) / samples) * side
      const y = top + ((row + 0.5) / samples) * side
      if (markShapes.some((shape) => isInside(shape, x, y))) inside++
    }
  return inside / samples ** 2
}

/** A ray to the right crosses the outline an odd number of times. */
function isInside(shape: (typeof markShapes)[number], x: number, y: number): boolean {
  let inside = false
  for (const [at, [x1, y1]] of shape.entries()) {
    const [x2, y2] = shape[(at + 1) % shape.length] ?? [x1, y1]
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside
  }
  return inside
}
