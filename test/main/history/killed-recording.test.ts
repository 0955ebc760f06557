import { expect, it } from 'vitest'
import { killRecording } from '#test/kill/kill.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'

it('a recording that is killed leaves a file that opens, with all in it that it had said to be there', async () => {
  const path = aHistoryPath()
  let first = 0
  for (const afterMs of [30, 150, 400]) {
    const { said, found, notices } = await killRecording(path, first, afterMs)
    expect(notices).toEqual([])
    expect(said).toBeGreaterThan(first)
    expect(found).toBeGreaterThanOrEqual(said - 1)
    first = found + 1
  }
}, 60_000)
