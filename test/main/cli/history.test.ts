import { closeSync, existsSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Command, Option } from 'commander'
import { describe, expect, it } from 'vitest'
import { rolloutKey } from '#contract/keys.ts'
import { silentLog } from '#lib/log.ts'
import { registerHistory } from '#main/cli/history.ts'
import type { CliIo } from '#main/cli/io.ts'
import { historyFiles } from '#main/data-folder.ts'
import { appendAction } from '#main/history/journal.ts'
import { createRecorder } from '#main/history/recorder.ts'
import { openHistory } from '#main/history/store.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'
import { anUpdatingView, aRolloutView } from '#test/support/builders/rollout-view.ts'
import { runCli } from '#test/support/run-cli.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const key = aRolloutView().key

/** Two rollouts of `checkout`: one completed in 90 s, one under way since 10 minutes later, aborted by Ada. */
async function recorded(path: string, clock: VirtualClock): Promise<void> {
  const history = openHistory({ path, clock, log: silentLog })
  const recorder = createRecorder({ history, clock, log: silentLog })
  recorder.observe(anUpdatingView())
  await clock.advance(90_000)
  recorder.observe(aRolloutView({ currentPodHash: 'hash8', stableRS: 'hash8' }))
  await clock.advance(600_000)
  const view = anUpdatingView({ context: 'prod-us', uid: 'uid-2', version: '2.0.0' })
  recorder.observe(view)
  await clock.advance(65_000)
  const result = { key: view.key, sent: true, resourceVersion: '1', message: '' } as const
  recorder.action(view.key, { action: 'abort', actor: 'ada', reason: 'errors\u001B[2J', result, writes: [] })
  recorder.observe({ ...view, status: 'Aborted', phase: 'Degraded', message: 'RolloutAborted' })
  recorder.stop()
  history.close()
}

async function run(path: string, clock: VirtualClock, ...args: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  let code: number | undefined
  const io: CliIo = {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    colours: false,
    isTerminal: false,
    clock,
    interrupted: new AbortController().signal,
    dataFolder: dirname(path),
    inCluster: () => undefined,
    exitWith: (exit) => {
      code = exit
    },
  }
  const program = new Command('argosy')
    .option('--context <name>', '', (value: string, former: readonly string[] | undefined) => [
      ...(former ?? []),
      value,
    ])
    .option('-n, --namespace <namespace>')
    .addOption(new Option('-o, --output <format>').choices(['json']))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  registerHistory(program, io, path)
  program.commands[0]?.copyInheritedSettings(program)
  await program.parseAsync(['history', ...args], { from: 'user' })
  return { out, err, code }
}

async function aRecordedPath() {
  const [path, clock] = [aHistoryPath(), new VirtualClock()]
  await recorded(path, clock)
  return { path, clock }
}

describe('argosy history', () => {
  it('prints recorded rollouts, newest first', async () => {
    const { path, clock } = await aRecordedPath()
    const { out, code } = await run(path, clock)
    expect(out).toEqual([
      'STARTED                APP             CONTEXT   VERSIONS        OUTCOME     TOOK   REASON       ID',
      '2026-01-15T10:11:30Z   shop/checkout   prod-us   1.0.0 → 2.0.0   Aborted     65s    errors [2J   prod-us:uid-2:hash8:1768471890000',
      '2026-01-15T10:00:00Z   shop/checkout   prod-eu   1.0.0 → 1.1.0   Completed   90s                 prod-eu:uid-1:hash8:1768471200000',
    ])
    expect(code).toBe(0)
  })

  it('with an id tells its timeline (UI-HIST-5)', async () => {
    const { path, clock } = await aRecordedPath()
    const { out, code } = await run(path, clock, 'prod-us:uid-2:hash8:1768471890000')
    expect(out).toEqual([
      'App:        shop/checkout',
      'Context:    prod-us',
      'Versions:   1.0.0 → 2.0.0',
      'Revision:   8',
      'Started:    2026-01-15T10:11:30Z',
      'Outcome:    Aborted, 65s',
      'By:         ada',
      'Reason:     errors [2J',
      '',
      '+0:00   engine   Progressing',
      '+0:00   engine   weight 0, set to 20',
      '+0:00   engine   step 0/4',
      '+0:00   engine   pods: 2 canary, 10 stable',
      '+1:05   ada      abort sent: errors [2J',
      '+1:05   engine   Aborted - RolloutAborted',
    ])
    expect(code).toBe(0)
  })

  it('narrows by name, context, namespace and count', async () => {
    const { path, clock } = await aRecordedPath()
    const count = async (...args: readonly string[]) => {
      const { out } = await run(path, clock, '-o', 'json', ...args)
      const printed: unknown = JSON.parse(out.join('\n'))
      return Array.isArray(printed) ? printed.length : undefined
    }
    expect(await count()).toBe(2)
    expect(await count('--limit', '1')).toBe(1)
    expect(await count('--app', 'checkout')).toBe(2)
    expect(await count('--app', 'check')).toBe(0)
    expect(await count('--context', 'prod-eu')).toBe(1)
    expect(await count('-n', 'elsewhere')).toBe(0)
  })

  it('--filter finds by terms and words, and refuses a term that there is not', async () => {
    const { path, clock } = await aRecordedPath()
    const versions = async (...args: readonly string[]) => {
      const { out } = await run(path, clock, '-o', 'json', ...args)
      return (JSON.parse(out.join('\n')) as readonly { readonly toVersion: string }[]).map(({ toVersion }) => toVersion)
    }
    expect(await versions('--filter', 'outcome:aborted since:1h')).toEqual(['2.0.0'])
    expect(await versions('--filter', 'cluster:prod-* app:checkout')).toEqual(['2.0.0', '1.1.0'])
    expect(await versions('--filter', 'image:1.1', '--context', 'prod-us')).toEqual([])
    expect((await run(path, clock, '--actions', '--filter', 'actor:ada')).out).toHaveLength(2)
    await expect(run(path, clock, '--filter', 'clustr:prod')).rejects.toThrow(
      'there is no term "clustr:"; there are app: cluster: namespace: image: actor: outcome: since: before:',
    )
    await expect(run(path, clock, '--filter', 'since:soon')).rejects.toThrow('"soon" is no time: since: takes 24h')
    await expect(run(path, clock, '--filter', 'outcome:good')).rejects.toThrow('"good" is no outcome')
    await expect(run(path, clock, '--actions', '--filter', 'outcome:aborted')).rejects.toThrow('no "outcome:"')
    await expect(run(path, clock, '--writes', '--filter', 'x')).rejects.toThrow('rollouts and of actions')
  })

  it('-o json prints entries and records as the window gets them', async () => {
    const { path, clock } = await aRecordedPath()
    const { out } = await run(path, clock, '-o', 'json', 'prod-eu:uid-1:hash8:1768471200000')
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      entry: { key, outcome: 'Completed', toVersion: '1.1.0' },
      timeline: expect.arrayContaining([expect.objectContaining({ kind: 'weight', actualWeight: 100 })]),
      revisions: [],
    })
  })

  it('says so when nothing matches, or the id is not there', async () => {
    const { path, clock } = await aRecordedPath()
    expect(await run(path, clock, '--app', 'none')).toEqual({
      out: [],
      err: ['No recorded rollout matches.'],
      code: 0,
    })
    const unknown = await run(path, clock, 'nobody')
    expect(unknown.err).toEqual(['argosy: no recorded rollout has the id "nobody"; `argosy history` lists them'])
    expect(unknown.code).toBe(1)
  })

  it('without a history file says what to do, exits 0 and makes none; programs get an empty list', async () => {
    const path = aHistoryPath()
    const { out, err, code } = await run(path, new VirtualClock())
    expect(err[0]).toBe(`argosy: nothing is recorded yet: there is no ${path}`)
    expect(err[1]).toContain('argosy serve')
    expect({ out, code }).toEqual({ out: [], code: 0 })
    expect(await run(path, new VirtualClock(), '-o', 'json')).toMatchObject({ out: ['[]'], code: 0 })
    expect(await run(path, new VirtualClock(), '--actions', '-o', 'json')).toMatchObject({ out: ['[]'], code: 0 })
    expect((await run(path, new VirtualClock(), 'an-id')).code).toBe(1)
    expect(existsSync(path)).toBe(false)
  })

  it('ACT-15: --actions lists what people did, also outside of a rollout, and why it was refused', async () => {
    const { path, clock } = await aRecordedPath()
    const key = rolloutKey({ context: 'prod-eu', namespace: 'shop', name: 'cart' })
    const result = { key, sent: false, refusal: { kind: 'notOpen', reason: 'Promote is open at a pause' } } as const
    const action = { action: 'promote', actor: 'bob', reason: '', via: 'cli', result, writes: [] } as const
    appendAction(path, { key, uid: undefined }, action, clock.now())
    expect((await run(path, clock, '--actions')).out).toEqual([
      'TIME                   ACTION    APP             CONTEXT   BY    FROM           RESULT                                REASON',
      '2026-01-15T10:12:35Z   promote   shop/cart       prod-eu   bob   command line   refused: Promote is open at a pause',
      '2026-01-15T10:12:35Z   abort     shop/checkout   prod-us   ada   window         sent                                  errors [2J',
    ])
    const { out } = await run(path, clock, '--actions', '--app', 'cart', '-o', 'json')
    expect(JSON.parse(out.join('\n'))).toMatchObject([{ key, actor: 'bob', via: 'cli', sent: false }])
    expect(await run(path, clock, '--actions', '--context', 'nowhere')).toEqual({
      out: [],
      err: ['No recorded action matches.'],
      code: 0,
    })
    await expect(run(path, clock, '--actions', 'an-id')).rejects.toThrow('takes no id')
  })

  it('--sandbox reads the file of the sandbox fleet beside it', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    await recorded(join(dirname(path), historyFiles.sandbox), clock)
    expect((await run(path, clock, '-o', 'json')).out).toEqual(['[]'])
    expect(JSON.parse((await run(path, clock, '--sandbox', '-o', 'json')).out.join('\n'))).toHaveLength(2)
  })

  it('points at the sandbox when only the sandbox has a history', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const hint = 'The sandbox fleet has a history of its own: `argosy history --sandbox`.'
    expect((await run(path, clock)).err).not.toContain(hint)
    await recorded(join(dirname(path), historyFiles.sandbox), clock)
    expect((await run(path, clock)).err.at(-1)).toBe(hint)
    openHistory({ path, clock, log: silentLog }).close()
    expect((await run(path, clock)).err).toEqual(['No recorded rollout matches.', hint])
    await recorded(path, clock)
    expect((await run(path, clock, '--app', 'nobody')).err).toEqual(['No recorded rollout matches.'])
    expect((await run(path, clock, '--sandbox', '--app', 'nobody')).err).toEqual(['No recorded rollout matches.'])
  })

  it('a file that holds no history is left alone', async () => {
    const path = aHistoryPath()
    writeFileSync(path, 'no database'.repeat(500))
    const { err, code } = await run(path, new VirtualClock())
    expect(err[0]).toContain('cannot be read')
    expect(code).toBe(1)
  })

  it('a large file that turns out to be damaged is no bug, and says what becomes of it', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    await recorded(path, clock)
    const db = new DatabaseSync(path)
    const [{ page } = { page: 0 }] = db.prepare("SELECT rootpage AS page FROM sqlite_master WHERE name = 'run'").all()
    db.close()
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.alloc(4096, 0xee), 0, 4096, (Number(page) - 1) * 4096)
    closeSync(file)
    truncateSync(path, 40 * 1024 ** 2)
    const { out, err, code } = await runCli(['history'], clock, dirname(path))
    expect({ out, code }).toEqual({ out: [], code: 1 })
    expect(err[0]).toContain('argosy: the history file is damaged: ')
    expect(err[1]).toContain('The window moves it aside, unchanged')
  })

  it('refuses a count that is none', async () => {
    await expect(run(aHistoryPath(), new VirtualClock(), '--limit', '0')).rejects.toThrow('whole number')
  })
})
