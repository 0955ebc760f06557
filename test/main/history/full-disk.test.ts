import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hasSmallDisks } from '#test/support/cli-process.ts'

interface Told {
  readonly at: number
  readonly title: string
  readonly detail: string
}

/** Starts on a disk of two megabytes of which not a byte is left, and makes room after a second. */
function startOnFullDisk(earlier: string) {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-full-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const mount = 'mount -t tmpfs -o size=2m tmpfs "$0"; exec "$@"'
  const program = [process.execPath, 'test/kill/full-disk.ts', folder, earlier]
  const { stdout, stderr } = spawnSync('unshare', ['-rm', 'sh', '-c', mount, folder, ...program], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return JSON.parse(stdout) as {
    readonly mode: string
    readonly told: readonly Told[]
    readonly ids: readonly string[]
  }
}

describe.runIf(hasSmallDisks())('W9: a start on a full disk', () => {
  it.each([
    ['none', ['during']],
    ['closed', ['before', 'during']],
    ['killed', ['before', 'during']],
  ])(
    'with a history that is %s goes on in memory, and says that it is written again at the first try with room',
    (earlier, ids) => {
      const found = startOnFullDisk(earlier)
      expect(found.told.map(({ at, title }) => [at, title])).toEqual([
        [0, 'History is kept in memory only'],
        [5000, 'History is being written again'],
      ])
      expect(found).toMatchObject({ mode: 'file', ids })
    },
  )

  it('with a damaged history loses nothing of it that can be read', () => {
    const { mode, ids, told } = startOnFullDisk('damaged')
    expect({ mode, ids }).toEqual({ mode: 'file', ids: ['before', 'during'] })
    expect(told[0]).toMatchObject({ at: 0, title: 'History is kept in memory only' })
    expect(told.map(({ title }) => title)).toContain('History is being written again')
    const damage = told.findLast(({ title }) => title === 'The history file was damaged')
    expect(damage?.detail).toContain('It was moved, unchanged')
  })
})
