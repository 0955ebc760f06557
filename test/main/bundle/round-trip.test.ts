import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openBytes, readBundleFile, writeNewFile } from '#main/bundle/bundle-file.ts'
import { isLocked, lockBundle } from '#main/bundle/lock-bundle.ts'
import { type BundleWish, bundleFileName, makeBundle, planBundle } from '#main/bundle/make-bundle.ts'
import { PlanMemory } from '#main/fleet-plan/plan-memory.ts'
import { listActions } from '#main/history/journal.ts'
import { listHistory, readRecord } from '#main/history/reader.ts'
import { listWritten } from '#main/history/written.ts'
import { filmOf } from '#main/time-travel/film.ts'
import { pastBoard } from '#main/time-travel/past-board.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'
import { aRecordedRelease, planted, type RecordedRelease, webIn } from '#test/support/recorded-release.ts'
import { T0 } from '#test/support/virtual-clock.ts'

async function bundleOf({ history, clock }: RecordedRelease, wish: BundleWish) {
  const plan = planBundle(history, wish, clock)
  if (!plan.ok) throw new Error(plan.error.message)
  const made = await makeBundle(history, plan.value)
  if (!made.ok) throw new Error(made.error.message)
  return { ...made.value, header: plan.value.header }
}

async function opened(bytes: Uint8Array, passphrase?: string) {
  const bundle = await openBytes(bytes, passphrase)
  if (!bundle.ok) throw new Error(bundle.error.message)
  return bundle.value
}

const wholeDay: BundleWish = { kind: 'time', from: T0 - 1000, until: T0 + 86_400_000 }
const rolloutIn = (context: string): BundleWish => ({ kind: 'rollout', key: webIn(context) })
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('a bundle', () => {
  it('W9, UI-HIST-1: goes from the folder of one machine to that of another, and shows there what was shown here', async () => {
    const release = await aRecordedRelease()
    const { bytes, header } = await bundleOf(release, wholeDay)
    const elsewhere = join(dirname(aHistoryPath()), 'laptop')
    mkdirSync(elsewhere)
    const path = join(elsewhere, bundleFileName(header))
    expect(await writeNewFile(path, bytes)).toMatchObject({ ok: true })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const read = await readBundleFile(path)
    const bundle = await opened(read.ok ? read.value : new Uint8Array())
    const [there, here] = [bundle.history, release.history]
    const entries = listHistory(here, { limit: 10 })
    expect(entries).toHaveLength(2)
    expect(listHistory(there, { limit: 10 })).toEqual(entries)
    for (const { id } of entries) expect(readRecord(there, id)).toEqual(readRecord(here, id))
    expect(listActions(there, { limit: 10 })).toEqual(listActions(here, { limit: 10 }))
    expect(listWritten(there, { limit: 10 })).toEqual(listWritten(here, { limit: 10 }))
    for (const key of [webIn('eu'), webIn('us')]) {
      const film = filmOf(here, key, T0, T0 + 4_000_000)
      expect(film?.changes.length).toBeGreaterThan(0)
      expect(plain(filmOf(there, key, T0, T0 + 4_000_000))).toEqual(plain(film))
    }
    const boardAt = (history: typeof here) => pastBoard(history, T0 + 70_000, async () => undefined)
    expect(plain(await boardAt(there))).toEqual(plain(await boardAt(here)))
    expect(new PlanMemory(there).all().map(({ plan }) => plan)).toEqual(
      new PlanMemory(here).all().map(({ plan }) => plan),
    )
    expect(new PlanMemory(there).all()).toMatchObject([{ isDriven: false }])
    expect(readdirSync(elsewhere)).toEqual([bundleFileName(header)])
  })

  it('W10: carries the record with its proof, which needs no other file', async () => {
    const release = await aRecordedRelease()
    const { chains } = await opened((await bundleOf(release, wholeDay)).bytes)
    expect(chains.map(({ name, verdict }) => ({ name, verdict }))).toEqual([
      { name: 'journal', verdict: { isUnbroken: true, entries: 3, withheld: 0 } },
      { name: 'written', verdict: { isUnbroken: true, entries: 2, withheld: 0 } },
    ])
    const [chain] = release.history.all("SELECT head FROM chain WHERE name = 'journal'")
    expect(chains[0]?.head.head).toBe(chain?.['head'])
  })

  it('of one rollout holds nothing of another', async () => {
    const release = await aRecordedRelease()
    const first = await opened((await bundleOf(release, rolloutIn('eu'))).bytes)
    expect(first.header).toMatchObject({ about: { kind: 'rollout', key: webIn('eu') }, contexts: ['eu'] })
    expect(listHistory(first.history, { limit: 10 }).map(({ key }) => key)).toEqual([webIn('eu')])
    expect(listActions(first.history, { limit: 10 }).map(({ key }) => key)).toEqual([webIn('eu')])
    expect(listWritten(first.history, { limit: 10 }).map(({ name }) => name)).toEqual(['web'])
    expect(first.history.all('SELECT DISTINCT context FROM object')).toEqual([{ context: 'eu' }])
    const { bytes } = await bundleOf(release, { kind: 'rollout', key: webIn('us'), from: T0, until: T0 + 86_400_000 })
    expect((await opened(bytes)).chains[0]?.verdict).toEqual({ isUnbroken: true, entries: 1, withheld: 0 })
    expect(zstdDecompressSync(bytes).toString()).not.toContain('of somebody else')
  })

  it('ADR 20: of a plan withholds the act in between that is about something else, and proves that there was one', async () => {
    const release = await aRecordedRelease()
    const { bytes } = await bundleOf(release, { kind: 'plan', plan: 'web 2' })
    const bundle = await opened(bytes)
    expect(bundle.header.about).toEqual({ kind: 'plan', id: 'p1', name: 'web 2' })
    expect(new PlanMemory(bundle.history).events('p1', 5)).toMatchObject([{ text: 'the plan is Running' }])
    expect(bundle.chains[0]?.verdict).toEqual({ isUnbroken: true, entries: 2, withheld: 1 })
    expect(zstdDecompressSync(bytes).toString()).not.toContain('of somebody else')
  })

  it('of a record that was edited opens, and names the entry', async () => {
    const release = await aRecordedRelease()
    release.history.all('DROP TRIGGER journal_is_kept')
    release.history.all(`UPDATE journal SET body = replace(body, 'errors', 'nothing') WHERE id = 1`)
    const { chains } = await opened((await bundleOf(release, wholeDay)).bytes)
    expect(chains[0]?.verdict).toEqual({ isUnbroken: false, id: 1, what: 'changed' })
  })

  it('UI-HIST-6: holds no planted value, in no row', async () => {
    const release = await aRecordedRelease()
    const { bytes } = await bundleOf(release, wholeDay)
    const content = zstdDecompressSync(bytes).toString()
    expect(content).toContain('DB_PASSWORD')
    for (const value of Object.values(planted)) expect(content).not.toContain(value)
    const [key] = release.history.all("SELECT value FROM meta WHERE name = 'printKey'")
    expect(String(key?.['value'])).toHaveLength(64)
    expect(content).not.toContain(String(key?.['value']))
  })

  it('locked with a passphrase opens with that alone', async () => {
    const release = await aRecordedRelease()
    const bytes = await lockBundle((await bundleOf(release, rolloutIn('eu'))).bytes, 'four words make one', 10)
    expect(isLocked(bytes)).toBe(true)
    expect(await openBytes(bytes, undefined)).toMatchObject({ ok: false, error: { kind: 'Locked' } })
    expect(await openBytes(bytes, 'four words')).toMatchObject({ ok: false, error: { kind: 'WrongPassphrase' } })
    expect(listHistory((await opened(bytes, 'four words make one')).history, { limit: 10 })).toHaveLength(1)
  })

  it('is not made of what was never recorded', async () => {
    const { history, clock } = await aRecordedRelease()
    const plan = (wish: BundleWish) => planBundle(history, wish, clock)
    const missing = { ok: false, error: { kind: 'File' } }
    expect(plan({ kind: 'rollout', key: webIn('none') })).toMatchObject(missing)
    expect(plan({ kind: 'rollout', key: 'nonsense' })).toMatchObject(missing)
    expect(plan({ kind: 'plan', plan: 'none' })).toMatchObject(missing)
    expect(plan({ kind: 'time', contexts: ['none'], from: 0, until: 1 })).toMatchObject(missing)
  })

  it('is never written over another file, and leaves nothing behind', async () => {
    const folder = dirname(aHistoryPath())
    const path = join(folder, 'a.argosy')
    expect(await writeNewFile(path, 'first')).toMatchObject({ ok: true })
    expect(await writeNewFile(path, 'second')).toEqual({
      ok: false,
      error: { kind: 'File', message: `${path} is there already.` },
    })
    expect(readFileSync(path, 'utf8')).toBe('first')
    expect(await writeNewFile(path, 'third', { force: true })).toMatchObject({ ok: true })
    expect(readFileSync(path, 'utf8')).toBe('third')
    expect(await writeNewFile(join(folder, 'none', 'b'), 'x')).toMatchObject({ ok: false })
    expect(readdirSync(folder)).toEqual(['a.argosy'])
    expect(existsSync(join(folder, 'none'))).toBe(false)
  })
})
