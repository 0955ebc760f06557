import { expect, it } from 'vitest'
import { takeRecordingLock } from '#main/history/recording-lock.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'

it('one records at a time; the next may when it has ended', () => {
  const path = aHistoryPath()
  const first = takeRecordingLock(path)
  expect(first).toBeDefined()
  expect(takeRecordingLock(path)).toBeUndefined()
  first?.release()
  const second = takeRecordingLock(path)
  expect(second).toBeDefined()
  second?.release()
})

it('where no lock can be made there is no file to share', () => {
  expect(takeRecordingLock('/nowhere/at/all/history.db')).toBeDefined()
})
