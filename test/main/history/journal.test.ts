import { statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { rolloutKey } from '#contract/keys.ts'
import type { ActionRefusal, ActionResult } from '#contract/views.ts'
import { silentLog } from '#lib/log.ts'
import { appendAction, listActions, searchActions } from '#main/history/journal.ts'
import type { RecordedAction } from '#main/history/journal-entry.ts'
import { createRecorder } from '#main/history/recorder.ts'
import { readHistory } from '#main/history/store.ts'
import { aHistory, aHistoryPath } from '#test/support/builders/history.ts'
import { anUpdatingView, aRolloutView } from '#test/support/builders/rollout-view.ts'
import { aRecording, entries, second, timelineOf } from '#test/support/recording.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const keyIn = (context: string, name = 'checkout') => rolloutKey({ context, namespace: 'shop', name })
const key = keyIn('prod-eu')
const sent: ActionResult = { key, sent: true, resourceVersion: '42', message: 'done' }
const refused = (refusal: ActionRefusal): ActionResult => ({ key, sent: false, refusal })

const anAction = (change: Partial<RecordedAction> = {}): RecordedAction => ({
  action: 'pause',
  actor: 'ada',
  reason: '',
  result: sent,
  writes: [],
  ...change,
})

async function aJournal() {
  const [clock, path] = [new VirtualClock(), aHistoryPath()]
  const history = aHistory({ clock, path })
  const recorder = createRecorder({ history, clock, log: silentLog })
  recorder.action(key, anAction({ reason: 'lunch' }))
  await clock.advance(1000)
  const changed = refused({ kind: 'movedOn', changed: ['step 2 to 3'] })
  recorder.action(keyIn('prod-us'), anAction({ action: 'promote', result: changed }))
  await clock.advance(1000)
  const forbidden = {
    kind: 'Forbidden',
    message: 'may not patch',
    verb: 'patch',
    resource: 'rollouts.argoproj.io',
    namespace: 'shop',
  } as const
  recorder.action(
    keyIn('prod-us', 'cart'),
    anAction({ actor: 'bob', result: refused({ kind: 'failed', failure: forbidden }) }),
  )
  return { clock, path, history }
}

describe('listActions', () => {
  it('ACT-15: those outside of any run too, newest first, refused ones with the reason', async () => {
    const { history } = await aJournal()
    expect(listActions(history, { limit: 10 })).toEqual([
      {
        id: '3',
        at: T0 + 2000,
        key: keyIn('prod-us', 'cart'),
        context: 'prod-us',
        namespace: 'shop',
        name: 'cart',
        action: 'pause',
        actor: 'bob',
        reason: '',
        via: 'window',
        sent: false,
        result: 'failed: Forbidden, may not patch',
      },
      expect.objectContaining({ action: 'promote', sent: false, result: 'refused: step 2 to 3 changed meanwhile' }),
      expect.objectContaining({ at: T0, action: 'pause', actor: 'ada', reason: 'lunch', sent: true, result: 'sent' }),
    ])
  })

  it('narrows by rollout, cluster, words and time, and stops at the limit', async () => {
    const { history } = await aJournal()
    const ids = (query: Omit<Parameters<typeof listActions>[1], 'limit'>, limit = 10) =>
      listActions(history, { ...query, limit }).map(({ id }) => id)
    expect(ids({ name: 'checkout' })).toEqual(['2', '1'])
    expect(ids({ contexts: ['prod-us'] })).toEqual(['3', '2'])
    expect(ids({ namespace: 'elsewhere' })).toEqual([])
    expect(ids({ before: T0 + 2000 })).toEqual(['2', '1'])
    expect(ids({}, 1)).toEqual(['3'])
  })

  it('finds by the terms of a search, and says which are of rollouts only', async () => {
    const { history } = await aJournal()
    const ids = (filter: string) => {
      const found = searchActions(history, { filter, limit: 10 }, T0 + 5000)
      return found.ok ? found.value.map(({ id }) => id) : found.error
    }
    expect(ids('PROD-us forbidden')).toEqual(['3'])
    expect(ids('app:checkout')).toEqual(['2', '1'])
    expect(ids('cluster:*-us namespace:shop')).toEqual(ids('prod-us'))
    expect(ids('actor:bob app:c*')).toEqual(['3'])
    expect(ids('before:3s')).toEqual(['2', '1'])
    expect(ids('since:3s')).toEqual(['3'])
    expect(ids('"step 2 to 3"')).toEqual(['2'])
    expect(ids('outcome:aborted')).toEqual({ kind: 'notHere', field: 'outcome' })
    expect(ids('who:ada')).toEqual({ kind: 'unknownTerm', term: 'who', text: 'who:ada' })
  })

  it('reads on where a page holds no match, and past a row that cannot be read', () => {
    const history = aHistory()
    const body = (actor: string) => JSON.stringify(anAction({ actor }))
    history.add([{ table: 'journal', at: T0, key, body: body('ada') }])
    history.add(Array.from({ length: 700 }, () => ({ table: 'journal' as const, at: T0, key, body: body('bob') })))
    history.add([{ table: 'journal', at: T0, key, body: '{"actor":"ada"' }])
    expect(searchActions(history, { filter: 'actor:ada', limit: 10 }, T0)).toMatchObject({
      ok: true,
      value: [{ id: '1', actor: 'ada' }],
    })
  })
})

describe('appendAction', () => {
  it('ACT-15: is read by the window that has the file open, with the same prints of secrets', async () => {
    const { history, path, clock } = await aJournal()
    const write = {
      method: 'PATCH',
      path: '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/checkout',
      contentType: 'application/merge-patch+json',
      body: JSON.stringify({
        spec: { template: { spec: { containers: [{ env: [{ name: 'API_TOKEN', value: 'hunter2' }] }] } } },
      }),
      kubectl: '',
      because: 'ACT-90',
      summary: '',
    } as const
    await clock.advance(1000)
    const action = anAction({ via: 'cli', actor: 'root', action: 'undo', writes: [write] })
    expect(appendAction(path, { key, uid: 'u' }, action, clock.now())).toEqual({ ok: true, value: undefined })
    createRecorder({ history, clock, log: silentLog }).action(key, anAction({ action: 'undo', writes: [write] }))
    expect(listActions(history, { limit: 2 })).toMatchObject([{ via: 'window' }, { via: 'cli', actor: 'root' }])
    const bodies = history.all(
      `SELECT json_extract(body, '$.requests[0].body') AS body FROM journal ORDER BY id DESC LIMIT 2`,
    )
    expect(bodies[0]).toEqual(bodies[1])
    expect(bodies[0]?.['body']).toMatch(/\[secret [0-9a-f]{16}\]/)
  })

  it('makes the file when it is the first, for its owner only', () => {
    const path = aHistoryPath()
    expect(appendAction(path, { key, uid: undefined }, anAction(), T0)).toMatchObject({ ok: true })
    expect(statSync(path).mode & 0o077).toBe(0)
    const opened = readHistory({ path, clock: new VirtualClock(), log: silentLog })
    expect(opened.ok && listActions(opened.value, { limit: 10 })).toMatchObject([{ actor: 'ada', at: T0 }])
    if (opened.ok) opened.value.close()
  })

  it('waits for a lock, then says so; a file that is no history is left as it is', () => {
    const path = aHistoryPath()
    appendAction(path, { key, uid: undefined }, anAction(), T0)
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    expect(appendAction(path, { key, uid: undefined }, anAction(), T0)).toMatchObject({
      ok: false,
      error: { kind: 'NotWritable', message: 'database is locked' },
    })
    other.close()
    const noHistory = aHistoryPath()
    writeFileSync(noHistory, 'no database'.repeat(500))
    expect(appendAction(noHistory, { key, uid: undefined }, anAction(), T0)).toMatchObject({
      ok: false,
      error: { kind: 'Corrupt' },
    })
  })
})

describe('actions of the command line', () => {
  const fromCli = (path: string, clock: VirtualClock, change: Partial<RecordedAction>) =>
    appendAction(path, { key, uid: 'uid-1' }, anAction({ via: 'cli', actor: 'root', ...change }), clock.now())

  it('ACT-15: one that begins an update, or turns it, stands in the timeline; one from before does not', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const { history, recorder } = aRecording(path, clock)
    recorder.observe(aRolloutView())
    expect(fromCli(path, clock, { action: 'restart' })).toMatchObject({ ok: true })
    fromCli(path, clock, { action: 'setImage', reason: 'weekly train' })
    await clock.advance(second)
    recorder.observe(anUpdatingView())
    expect(entries(history)).toMatchObject([{ actor: 'root', reason: 'weekly train' }])
    await clock.advance(60 * second)
    fromCli(path, clock, { action: 'abort', reason: 'errors' })
    recorder.observe(anUpdatingView({ status: 'Aborted' }))
    recorder.observe(anUpdatingView({ status: 'Aborted', phase: 'Degraded' }))
    expect(timelineOf(history).filter(({ kind }) => kind === 'action')).toEqual([
      { at: T0, who: 'root', kind: 'action', action: 'setImage', reason: 'weekly train', result: 'sent' },
      { at: T0 + 61 * second, who: 'root', kind: 'action', action: 'abort', reason: 'errors', result: 'sent' },
    ])
    expect(entries(history)).toMatchObject([{ outcome: 'Aborted', reason: 'errors' }])
  })
})
