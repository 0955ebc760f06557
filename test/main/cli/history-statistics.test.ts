import { Command, Option } from 'commander'
import { expect, it } from 'vitest'
import { silentLog } from '#lib/log.ts'
import { registerHistory } from '#main/cli/history.ts'
import type { CliIo } from '#main/cli/io.ts'
import { openHistory } from '#main/history/store.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'
import { aPastUpdate, record, type UpdateSketch } from '#test/support/builders/past-update.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const day = 24 * 60
const updates: readonly UpdateSketch[] = [
  ...Array.from({ length: 5 }, (_, index) => ({
    from: index * 60,
    to: index * 60 + 10 + index,
    versions: `1.${index} 1.${index + 1}`,
  })),
  {
    from: day,
    to: day + 10,
    versions: '1.5 2.0',
    entry: { outcome: 'Aborted', reason: 'Metric "p99" assessed Failed' },
  },
  { from: day + 30, to: day + 40, versions: '1.5 2.1', entry: { context: 'prod-us' } },
  {
    from: day + 60,
    to: day + 62,
    versions: '2.1 1.5',
    entry: { context: 'prod-us', actor: 'ada', reason: 'slow\u001B[2J' },
  },
  { from: day + 120, versions: '1.5 2.2' },
]

async function run(args: readonly string[], recorded: readonly UpdateSketch[] = updates) {
  const [path, clock] = [aHistoryPath(), new VirtualClock()]
  if (recorded.length > 0) {
    const history = openHistory({ path, clock, log: silentLog })
    for (const each of recorded) record(history, aPastUpdate(each))
    history.close()
  }
  await clock.advance(2 * day * 60_000)
  const [out, err]: [string[], string[]] = [[], []]
  let code: number | undefined
  const io: CliIo = {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    colours: false,
    isTerminal: false,
    clock,
    interrupted: new AbortController().signal,
    dataFolder: '',
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
  registerHistory(program, io, path)
  await program.parseAsync(['history', ...args], { from: 'user' })
  return { out, err, code }
}

it('stats tells what ended, failed and how long it took, by application and context', async () => {
  const { out, code } = await run(['stats'])
  expect(out).toEqual([
    'Since:             2025-12-18T10:00:00Z',
    'Ended:             7, 6 completed',
    'Failed:            2 of 7 (29%): 1 aborted, 1 taken back after completion',
    'Lead time:         median 11m of 6; everywhere median 11m of 6',
    'Time to restore:   too few (1); 1 not restored yet',
    'Took, completed:   median 11m of 6',
    'Took, aborted:     too few (1)',
    'Beside these:      1 under way; 1 back to a former version',
    '',
    'APP             ENDED   FAILED   LEAD   RESTORE   TOOK',
    'shop/checkout   7       2        11m    (1)       11m',
    '',
    'CONTEXT   ENDED   FAILED   LEAD   RESTORE   TOOK',
    'prod-eu   6       1        12m              12m',
    'prod-us   1       1        (1)    (1)       (1)',
  ])
  expect(code).toBe(0)
})

it('stats and rollbacks go by application, context, namespace, search and time; -o json is what the window gets', async () => {
  const json = async (...args: readonly string[]): Promise<unknown> =>
    JSON.parse((await run([...args, '-o', 'json'])).out.join('\n'))
  expect(await json('stats', '--context', 'prod-us')).toMatchObject({ all: { ended: 1 }, bucket: 'day' })
  expect(await json('stats', '--since', '12w', '--app', 'cart')).toMatchObject({ all: { ended: 0 }, bucket: 'week' })
  expect(await json('stats', '-n', 'shop', '--since', '24h')).toMatchObject({ all: { ended: 2 } })
  expect(await json('stats', '--filter', 'outcome:aborted')).toMatchObject({ all: { ended: 1 } })
  expect(await json('rollbacks', '--last', '1')).toMatchObject([{ kind: 'returned', actor: 'ada' }])
})

it('rollbacks tells the last failures, who and why', async () => {
  const { out } = await run(['rollbacks'])
  expect(out).toEqual([
    'FAILED                 APP             CONTEXT   VERSIONS    HOW                           BY    RESTORED   WHY                            ID',
    '2026-01-16T11:00:00Z   shop/checkout   prod-us   1.5 → 2.1   taken back after completion   ada   after 2m   slow [2J                       prod-us checkout 1470',
    '2026-01-16T10:10:00Z   shop/checkout   prod-eu   1.5 → 2.0   aborted                             not yet    Metric "p99" assessed Failed   prod-eu checkout 1440',
  ])
})

it('says so when nothing ended, failed or was recorded, and what a time is', async () => {
  expect(await run(['stats', '--app', 'cart'])).toEqual({
    out: [],
    err: ['No recorded rollout has ended since 2025-12-18T10:00:00Z.'],
    code: 0,
  })
  expect((await run(['rollbacks', '--app', 'cart'])).err).toEqual(['No recorded rollout has failed in this time.'])
  expect(await run(['rollbacks', '-o', 'json'], [])).toMatchObject({ out: ['[]'], code: 0 })
  expect((await run(['stats'], [])).err[0]).toContain('nothing is recorded yet')
  await expect(run(['stats', '--since', 'soon'])).rejects.toThrow('invalid --since "soon": 24h, 30d or 12w is expected')
  await expect(run(['rollbacks', '--filter', 'who:ada'])).rejects.toThrow('there is no term "who:"')
})
