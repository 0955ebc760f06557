import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { partBytes } from '#contract/bundle-views.ts'
import { bundleHandlers } from '#main/app/bundle-handlers.ts'
import { HistorySource } from '#main/app/history-source.ts'
import { lockBundle } from '#main/bundle/lock-bundle.ts'
import { listHistory, searchHistory } from '#main/history/reader.ts'
import { statisticsOf } from '#main/history/statistics/statistics.ts'
import { aHistory, aHistoryPath } from '#test/support/builders/history.ts'
import { aRecordedRelease, webIn } from '#test/support/recorded-release.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const wish = { kind: 'rollout', key: webIn('eu') } as const
const upload = async (handlers: ReturnType<typeof bundleHandlers>, id: string, bytes: Uint8Array) => {
  for (let part = 0; part * partBytes < bytes.length || part === 0; part++) {
    const base64 = Buffer.from(bytes.subarray(part * partBytes, (part + 1) * partBytes)).toString('base64')
    expect(await handlers['bundle.upload']({ id, part, base64 })).toMatchObject({ ok: true })
  }
}

async function theBytes(): Promise<Uint8Array> {
  const { history, clock } = await aRecordedRelease()
  const handlers = bundleHandlers({ source: new HistorySource(history), clock })
  const saved = await handlers['bundle.save']({ wish, form: 'bundle' })
  if (!saved.ok || saved.value.how !== 'parts') throw new Error('not saved')
  const parts: Buffer[] = []
  for (let part = 0; part < saved.value.parts; part++) {
    const got = await handlers['bundle.part']({ id: saved.value.id, part })
    parts.push(Buffer.from(got.ok ? got.value : '', 'base64'))
  }
  return Buffer.concat(parts)
}

/** Another laptop, with an empty history of its own. */
function elsewhere() {
  const own = aHistory()
  const source = new HistorySource(own)
  const told: (string | undefined)[] = []
  source.onChange((bundle) => told.push(bundle?.name))
  return { own, source, told, handlers: bundleHandlers({ source, clock: new VirtualClock() }) }
}

describe('bundles in the window', () => {
  it('UI-HIST-6: say their size and contents before they are made', async () => {
    const { history, clock } = await aRecordedRelease()
    const { 'bundle.look': look } = bundleHandlers({ source: new HistorySource(history), clock })
    expect(await look({ wish })).toMatchObject({
      ok: true,
      value: {
        about: { kind: 'rollout', key: webIn('eu') },
        contexts: ['eu'],
        rollouts: 1,
        entries: 2,
        from: T0 - 240_000,
      },
    })
    expect(await look({ wish: { kind: 'plan', plan: 'none' } })).toMatchObject({
      ok: false,
      error: { kind: 'Invalid' },
    })
  })

  it.each([
    ['bundle', /^\(\uFFFD\/\uFFFD/, 'argosy'],
    ['html', /^<!doctype html>/, 'html'],
    ['markdown', /^# Post-mortem: shop\/web in eu/, 'md'],
  ] as const)('are saved as %s where the person says, for them alone', async (form, begins, ending) => {
    const { history, clock } = await aRecordedRelease()
    const folder = dirname(aHistoryPath())
    const saveAs = async (name: string) => join(folder, name)
    const { 'bundle.save': save } = bundleHandlers({ source: new HistorySource(history), clock, saveAs })
    const path = join(folder, `argosy-web-2026-01-15.${ending}`)
    expect(await save({ wish, form })).toMatchObject({ ok: true, value: { how: 'saved', path } })
    expect(readFileSync(path, 'utf8')).toMatch(begins)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('UI-HIST-1: once opened are what the history shows, until it goes live again', async () => {
    const { own, source, told, handlers } = elsewhere()
    await upload(handlers, 'upload-1', await theBytes())
    const checked = await handlers['bundle.check']({ id: 'upload-1', name: 'x.argosy' })
    expect(checked).toMatchObject({
      ok: true,
      value: {
        name: 'x.argosy',
        rollouts: 1,
        isLocked: false,
        chains: [{ name: 'journal', entries: 1 }, { entries: 1 }],
      },
    })
    expect(listHistory(source.shown, { limit: 5 })).toEqual([])
    expect(await handlers['bundle.show']({ id: 'upload-1' })).toMatchObject({ ok: true })
    expect(listHistory(source.shown, { limit: 5 })).toHaveLength(1)
    expect(searchHistory(source.shown, { filter: 'app:web image:web', limit: 5 }, T0)).toMatchObject({ value: [{}] })
    const week = { since: T0, bucket: 'week', troubles: 5 } as const
    const figures = await statisticsOf(source.shown, week, T0 + 86_400_000, async () => undefined)
    expect(figures).toMatchObject({ value: { all: { ended: 1 }, clusters: [{ context: 'eu' }] } })
    expect(listHistory(own, { limit: 5 })).toEqual([])
    expect(await handlers['bundle.show']({ id: null })).toMatchObject({ ok: true })
    expect(source.shown).toBe(own)
    expect(told).toEqual([undefined, 'x.argosy', undefined])
    expect(await handlers['bundle.show']({ id: 'upload-1' })).toMatchObject({ ok: false })
  })

  it('that are locked ask for the passphrase, and the file is sent once', async () => {
    const { handlers } = elsewhere()
    await upload(handlers, 'upload-1', await lockBundle(await theBytes(), 'four words', 10))
    const check = (passphrase?: string) => handlers['bundle.check']({ id: 'upload-1', name: 'x', passphrase })
    expect(await check()).toMatchObject({ ok: false, error: { kind: 'Locked' } })
    expect(await check('other')).toMatchObject({ ok: false, error: { kind: 'WrongPassphrase' } })
    expect(await check('four words')).toMatchObject({ ok: true, value: { isLocked: true } })
  })

  it('that are refused change nothing; parts out of order and files that never end are no files', async () => {
    const { source, own, handlers } = elsewhere()
    await upload(handlers, 'upload-1', Buffer.from('something else'))
    expect(await handlers['bundle.check']({ id: 'upload-1', name: 'x' })).toMatchObject({
      error: { kind: 'NotABundle' },
    })
    expect(await handlers['bundle.show']({ id: 'upload-1' })).toMatchObject({ ok: false })
    expect(await handlers['bundle.upload']({ id: 'upload-1', part: 5, base64: 'AAAA' })).toMatchObject({ ok: false })
    expect(await handlers['bundle.upload']({ id: 'upload-2', part: 1, base64: 'AAAA' })).toMatchObject({ ok: false })
    const base64 = Buffer.alloc(partBytes).toString('base64')
    let last: unknown
    for (let part = 0; part <= 130; part++) last = await handlers['bundle.upload']({ id: 'upload-3', part, base64 })
    expect(last).toMatchObject({ ok: false })
    expect(source.shown).toBe(own)
    expect(await handlers['bundle.part']({ id: 'none', part: 0 })).toMatchObject({ ok: false })
  })
})
