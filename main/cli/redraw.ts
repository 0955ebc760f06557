import type { Dispose, EpochMs } from '#lib/clock.ts'
import type { CliIo } from './io.ts'

/** Between two drawings at least, and at most (ACT-120): ages move on although nothing happens. */
const pauseMs = 200
const refreshMs = 1000

const clearScreen = '\u001B[H\u001B[2J'

export interface Redraw {
  /** Something changed. */
  readonly mark: () => void
  /** Draws once more what was marked and not drawn yet. */
  readonly stop: () => void
}

/**
 * Draws lines over and over. On a terminal each drawing replaces the one before. Elsewhere a drawing is printed only after a
 * change, and only when it tells more than ages: a log of them stays short.
 */
export function createRedraw(io: CliIo, lines: (now: EpochMs) => readonly string[]): Redraw {
  let marked = false
  let drawnAt: EpochMs = Number.NEGATIVE_INFINITY
  let printed = ''
  let alarm: Dispose | undefined
  const draw = () => {
    marked = false
    drawnAt = io.clock.now()
    const drawn = lines(drawnAt)
    if (io.isTerminal) return io.out(clearScreen + drawn.join('\n'))
    // Drawn as of 1970 no age differs from another.
    const text = lines(0).join('\n')
    if (text === printed) return
    io.out(printed === '' ? drawn.join('\n') : `\n${drawn.join('\n')}`)
    printed = text
  }
  const schedule = () => {
    alarm?.()
    const delayMs = marked ? pauseMs : io.isTerminal ? refreshMs : undefined
    if (delayMs === undefined) return
    alarm = io.clock.after(Math.max(0, drawnAt + delayMs - io.clock.now()), () => {
      draw()
      schedule()
    })
  }
  return {
    mark: () => {
      if (marked) return
      marked = true
      schedule()
    },
    stop: () => {
      alarm?.()
      if (marked) draw()
    },
  }
}
