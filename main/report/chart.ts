import type { EpochMs } from '#lib/clock.ts'

/** A line of a chart, its points in the order of time. */
export interface Line {
  readonly points: readonly { readonly at: EpochMs; readonly value: number; readonly bad?: boolean }[]
  /** A value holds until the next one. */
  readonly isStep: boolean
}

interface Box {
  readonly from: EpochMs
  readonly until: EpochMs
  readonly top: number
  /** Of the value axis. */
  readonly unit: string
}

const size = { width: 720, height: 120, left: 44, right: 8, top: 8, bottom: 20 } as const
const [spanX, spanY] = [size.width - size.left - size.right, size.height - size.top - size.bottom]

/** An SVG that needs nothing else; its colours are those of the page around it. Every text in it is a number or a time. */
export function chart({ points, isStep }: Line, { from, until, top, unit }: Box, label: string): string {
  const x = (at: EpochMs): number =>
    round(size.left + (spanX * (clamp(at, from, until) - from)) / Math.max(1, until - from))
  const y = (value: number): number => round(size.top + spanY * (1 - clamp(value, 0, top) / (top || 1)))
  const path = points.map(({ at, value }, index) => {
    if (index === 0) return `M${x(at)} ${y(value)}`
    return isStep ? `H${x(at)}V${y(value)}` : `L${x(at)} ${y(value)}`
  })
  const end = isStep && points.length > 0 ? `H${x(until)}` : ''
  const dots = isStep
    ? []
    : points.map(
        ({ at, value, bad }) =>
          `<circle class="${bad === true ? 'bad' : 'dot'}" cx="${x(at)}" cy="${y(value)}" r="2.5"/>`,
      )
  return [
    `<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${label}">`,
    `<path class="axis" d="M${size.left} ${size.top}V${size.top + spanY}H${size.width - size.right}"/>`,
    `<text x="${size.left - 6}" y="${size.top + 9}" text-anchor="end">${shownNumber(top)}${unit}</text>`,
    `<text x="${size.left - 6}" y="${size.top + spanY}" text-anchor="end">0</text>`,
    `<text x="${size.left}" y="${size.height - 4}">${clockOf(from)}</text>`,
    `<text x="${size.width - size.right}" y="${size.height - 4}" text-anchor="end">${clockOf(until)}</text>`,
    `<path class="line" d="${path.join('')}${end}"/>`,
    ...dots,
    '</svg>',
  ].join('')
}

const round = (value: number): number => Math.round(value * 10) / 10
const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value))
const shownNumber = (value: number): string => String(Number(value.toPrecision(3)))
const clockOf = (at: EpochMs): string => new Date(at).toISOString().slice(11, 19)
