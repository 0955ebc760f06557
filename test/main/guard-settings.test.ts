import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRails, railsFor } from '#main/guard-settings.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argosy-rails-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (file: string, content: unknown, mode = 0o600) => {
  writeFileSync(join(folder, file), JSON.stringify(content))
  chmodSync(join(folder, file), mode)
}
const freeze = { from: '2026-12-24T00:00:00Z', until: '2026-12-27T08:00:00+01:00', reason: 'holidays' }
const read = { from: Date.UTC(2026, 11, 24), until: Date.UTC(2026, 11, 27, 7), reason: 'holidays' }

describe('the rails of a context', () => {
  it('UI-ACT-2: without settings its name says whether it is protected', () => {
    expect(railsFor('prod-eu', folder)).toEqual({
      isProtected: true,
      freezes: [],
      changesMax: undefined,
      problem: undefined,
    })
    expect(railsFor('staging', folder).isProtected).toBe(false)
  })

  it('are what the files say of it, and of all together', () => {
    write('clusters.json', { 'prod-eu': { protected: false }, staging: { protected: true, freezes: [freeze] } })
    write('settings.json', { maxConcurrentChanges: 3, freezes: [{ ...freeze, reason: 'all' }] })
    const all = { ...read, reason: 'all' }
    expect(railsFor('prod-eu', folder)).toEqual({
      isProtected: false,
      freezes: [all],
      changesMax: 3,
      problem: undefined,
    })
    expect(railsFor('staging', folder)).toMatchObject({ isProtected: true, freezes: [read, all] })
  })

  it.each([
    ['a slip of the pen', { maxConcurrentChange: 3 }],
    ['no number of changes', { maxConcurrentChanges: 0 }],
    ['a day without a time', { freezes: [{ ...freeze, from: '2026-12-24' }] }],
    ['an end before the beginning', { freezes: [{ ...freeze, until: '2026-12-23T00:00:00Z' }] }],
    ['a freeze that nobody explains', { freezes: [{ ...freeze, reason: ' ' }] }],
  ])('%s: they are shut until it is mended', (_, content) => {
    write('settings.json', content)
    expect(railsFor('staging', folder).problem).toContain('settings.json is not as it should be')
  })

  it('a file of clusters that cannot be read, or that others can change, protects and shuts them all', () => {
    write('clusters.json', { staging: { freezes: [{ from: 'soon' }] } })
    expect(railsFor('staging', folder)).toMatchObject({
      isProtected: true,
      problem: expect.stringContaining('clusters.'),
    })
    write('clusters.json', {}, 0o622)
    expect(railsFor('staging', folder).problem).toContain('can be read or changed by others')
  })

  it('hold a second after a change, and no longer', async () => {
    const clock = new VirtualClock()
    const rails = createRails(folder, clock)
    expect(rails('staging').isProtected).toBe(false)
    write('clusters.json', { staging: { protected: true } })
    await clock.advance(999)
    expect(rails('staging').isProtected).toBe(false)
    await clock.advance(1)
    expect(rails('staging').isProtected).toBe(true)
  })
})
