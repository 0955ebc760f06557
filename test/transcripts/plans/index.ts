import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { aRealFleet, namespace, noRoom, type RealFleet, shop } from './fleet.ts'

/*
 * `node test/transcripts/plans/index.ts --kubeconfig FILE [--pause SECONDS]`: fleet plans over a test bed and a sandbox, five clusters with
 * an engine, each program a process of its own; prints what they say. Ends with 1 when something did not hold. `--pause` keeps each
 * plan at its first gate for that long, to look at it in a window.
 */

const { values } = parseArgs({ options: { kubeconfig: { type: 'string' }, pause: { type: 'string', default: '0' } } })
const failures: string[] = []
let begun = performance.now()

const print = (text: string): boolean => process.stdout.write(`${text}\n`)
const say = (mark: string, text: string): boolean =>
  print(`${((performance.now() - begun) / 1000).toFixed(1).padStart(7)}  ${mark} ${text}`)

function claim(rule: string, words: string, holds: boolean, seen: unknown): void {
  say(holds ? '✓' : '✗', `${rule}: ${words}${holds ? '' : ` (${JSON.stringify(seen)})`}`)
  if (!holds) failures.push(`${rule}: ${words}`)
}

const passing = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

async function until(what: string, holds: () => Promise<boolean> | boolean, seconds = 120): Promise<void> {
  const end = performance.now() + seconds * 1000
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`did not happen within ${seconds} s: ${what}`)
    await passing(0.2)
  }
}

interface Planned {
  readonly name: string
  readonly tag: string
  readonly more?: string
}

/** A pilot, two that go step by step, and the rest two at a time. */
function planOf({ contexts }: RealFleet, { name, tag, more = '' }: Planned): string {
  const [a, b, c, d, e] = contexts
  const member = (context: string | undefined) => `  - {context: ${context}, namespace: ${namespace}, rollout: shop}`
  return `name: ${name}
home: {context: ${a}, namespace: ${namespace}}
change: {setImage: {shop: "registry.example/shop:${tag}"}}
members:
${[a, b, c, d, e].map(member).join('\n')}
waves:
  - {name: pilot, select: {contexts: [${a}]}, pilot: true, minSoak: 3s, gate: manual}
  - {name: pair, select: {contexts: [${b}, ${c}]}, maxConcurrent: 2, sync: step, minSoak: 2s}
  - {name: rest, maxConcurrent: 100%}
${more}`
}

/** What `argosy plan run` says, as it comes. */
function runner(fleet: RealFleet, ...args: readonly string[]) {
  const lines: string[] = []
  say('$', `argosy plan ${args.join(' ').replace(fleet.folder, '.')}`)
  const child = fleet.start(['plan', ...args], (line) => {
    lines.push(line)
    if (!line.startsWith('{')) say(' ', line.replace(/^\S+Z {2}/, ''))
  })
  // From the start: a command that ends between two looks at its lines would never be seen to end.
  const exited = once(child, 'exit')
  const has = (text: string) => lines.some((line) => line.endsWith(text))
  return { child, exited, lines, says: (text: string, seconds?: number) => until(text, () => has(text), seconds) }
}

async function ask(fleet: RealFleet, ...args: readonly string[]): Promise<void> {
  say('$', `argosy plan ${args.join(' ')}`)
  const { out } = await fleet.argosy('plan', ...args)
  for (const line of out.split('\n')) say('>', line)
}

const tagsOf = async (fleet: RealFleet) =>
  Promise.all(
    fleet.contexts.map(async (context) => {
      const { spec, status } = await fleet.rollout(context)
      return `${spec.template?.spec?.containers?.[0]?.image?.split(':').at(-1)} ${status?.phase}`
    }),
  )

function write(fleet: RealFleet, planned: Planned): string {
  const file = join(fleet.folder, `${planned.name}.yaml`)
  writeFileSync(file, planOf(fleet, planned))
  return file
}

async function toSuccess(fleet: RealFleet): Promise<void> {
  const run = runner(fleet, 'run', write(fleet, { name: 'success', tag: '2' }))
  await run.says('wave pilot: Gate')
  claim(
    '3.4.9 I3',
    'only the pilot has the new version',
    (await tagsOf(fleet)).filter((each) => each.startsWith('2')).length === 1,
    await tagsOf(fleet),
  )
  await passing(Number(values.pause))
  await ask(fleet, 'open-gate', 'success', 'pilot', '--reason', 'the pilot looks good')
  await run.says('the plan is Completed', 240)
  const [code] = (await run.exited) as [number]
  claim(
    'W2',
    'all have it, and the command ends with 0',
    code === 0 && (await tagsOf(fleet)).every((each) => each === '2 Healthy'),
    [code, await tagsOf(fleet)],
  )
  await ask(fleet, 'get', 'success')
}

async function backByItself(fleet: RealFleet): Promise<void> {
  const [, , third = ''] = fleet.contexts
  await fleet.apply(third, noRoom)
  say('$', `a quota in ${third}: no pod of a new version fits there`)
  const run = runner(
    fleet,
    'run',
    write(fleet, { name: 'back', tag: '3', more: 'onBreach: rollbackAll\nrollback: {maxConcurrent: 100%}\n' }),
  )
  await run.says('wave pilot: Gate')
  await ask(fleet, 'open-gate', 'back', 'pilot', '--reason', 'the pilot looks good')
  await run.says('the plan is RolledBack', 240)
  const [code] = (await run.exited) as [number]
  claim(
    'FP-3, RB-1, RB-2',
    'all are back on the version before, and the command ends with 1',
    code === 1 && (await tagsOf(fleet)).every((each) => each.startsWith('2')),
    [code, await tagsOf(fleet)],
  )
  claim(
    '3.4.9 I4',
    'the third wave never began',
    !run.lines.some((line) => line.endsWith('wave rest: Active')),
    run.lines,
  )
  await ask(fleet, 'get', 'back')
  await fleet.kubectl(third, 'delete', 'resourcequota', 'shop')
  await until('all are Healthy again', async () => (await tagsOf(fleet)).every((each) => each === '2 Healthy'))
}

async function interrupted(fleet: RealFleet): Promise<void> {
  const [, cutOff = ''] = fleet.contexts
  const first = runner(fleet, 'run', write(fleet, { name: 'interrupted', tag: '4' }))
  await first.says('wave pilot: Gate')
  await ask(fleet, 'open-gate', 'interrupted', 'pilot', '--reason', 'the pilot looks good')
  await first.says(`${cutOff}/${namespace}/shop: Progressing`)
  first.child.kill('SIGKILL')
  await first.exited
  say('$', `kill -9 of argosy plan run, and ${cutOff} is cut off from this machine`)
  fleet.way.cut(true)
  await passing(40)
  say('$', '40 s later, longer than any lease')
  const second = runner(fleet, 'run', 'interrupted')
  await second.says('another holder decides, epoch 2', 60)
  claim(
    'I3',
    'nobody went on meanwhile',
    (await Promise.all(fleet.contexts.slice(3).map((context) => fleet.rollout(context)))).every(
      ({ spec }) => !spec.template?.spec?.containers?.[0]?.image?.endsWith(':4'),
    ),
    '',
  )
  await passing(10)
  fleet.way.cut(false)
  say('$', `${cutOff} is back`)
  await second.says('the plan is Completed', 300)
  claim(
    'SR-6, W18',
    'it went on where it was, to its end',
    (await tagsOf(fleet)).every((each) => each === '4 Healthy'),
    await tagsOf(fleet),
  )
  const marks = await Promise.all(
    fleet.contexts.map(async (context) => (await fleet.rollout(context)).metadata.annotations?.['argosy.dev/epoch']),
  )
  claim(
    'I1',
    'what was written after it bears the epoch of the second holder',
    marks.slice(3).every((epoch) => epoch === '2'),
    marks,
  )
  await ask(fleet, 'get', 'interrupted')
}

async function main(kubeconfig: string): Promise<void> {
  const fleet = await aRealFleet(kubeconfig)
  try {
    for (const context of fleet.contexts) await fleet.apply(context, shop('1'))
    await until('all are Healthy', async () => (await tagsOf(fleet)).every((each) => each === '1 Healthy'))
    for (const [title, play] of [
      ['a plan of three waves over five clusters, to success', toSuccess],
      ['a wave that fails is taken back by the plan', backByItself],
      ['kill -9, and a cluster cut off for longer than its lease; then resumed', interrupted],
    ] as const) {
      begun = performance.now()
      print(`\n## ${title}\n`)
      await play(fleet)
    }
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error))
  } finally {
    await fleet.stop()
  }
  print(`\n${failures.length} failed`)
  for (const each of failures) print(`✗ ${each}`)
  process.exitCode = failures.length === 0 ? 0 : 1
}

if (values.kubeconfig === undefined) {
  print(
    '--kubeconfig FILE is missing: two clusters with the Rollouts CRDs, as `npm run testbed -- up --clusters 2` starts them',
  )
  process.exitCode = 2
} else await main(values.kubeconfig)
