import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { type Command, Option } from 'commander'
import type { PlanCommand } from '#engine/fleet-plan/commands.ts'
import type { FleetPlan } from '#engine/fleet-plan/document.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { exitCodes } from './exit-codes.ts'
import type { FoundPlan } from './find-plan.ts'
import { type CliIo, UsageError } from './io.ts'
import type { HandOverPlanOptions } from './plan-hand-over.ts'
import type { MoveOptions } from './plan-move.ts'
import { findTargets, type Target, type TargetOptions, targetsOrExit } from './targets.ts'

interface PlanOptions extends TargetOptions {
  readonly reason?: string
  readonly confirm?: string
}

/** `argosy plan`: one release over many clusters, in waves. */
export function registerPlan(program: Command, io: CliIo): void {
  const plan = program.command('plan').description('release over many clusters, in waves that wait for each other')
  plan
    .command('check <file>')
    .description('what is wrong with a plan, and what it would bring where; sends nothing')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { checkPlan } = await import('./plan-run.ts')
      await checkPlan(readText(file), command.optsWithGlobals<PlanOptions>(), io)
    })
  plan
    .command('create <file>')
    .description('keep a plan in its home cluster, without starting it')
    .action(async (file: string, _options: unknown, command: Command) => {
      const { createPlan } = await import('./plan-run.ts')
      await createPlan(readText(file), command.optsWithGlobals<PlanOptions>(), io)
    })
  plan
    .command('run <file-or-plan>')
    .description('start a plan out of a file, or go on with one, and decide here what it does until it is over')
    .addOption(confirmOption())
    .option('--ask', 'ask whoever decides now to hand the plan over')
    .option('--reason <text>', 'why it is asked for')
    .action(async (wanted: string, _options: unknown, command: Command) => {
      const { runPlan } = await import('./plan-run.ts')
      await runPlan(wanted, command.optsWithGlobals<PlanOptions & { readonly ask?: boolean }>(), io)
    })
  plan
    .command('hand-over <plan>')
    .description('answer who asks for the plan that an argosy on this machine decides')
    .option('--keep', 'go on deciding, and say so')
    .option('--reason <text>', 'why, for who asked')
    .action(async (wanted: string, _options: unknown, command: Command) => {
      const { handOverPlan } = await import('./plan-hand-over.ts')
      await handOverPlan(wanted, command.optsWithGlobals<HandOverPlanOptions>(), io)
    })
  plan
    .command('list')
    .description('the plans that the named contexts keep')
    .action(async (_options: unknown, command: Command) => {
      const { listPlans } = await import('./plan-show.ts')
      await listPlans(command.optsWithGlobals<PlanOptions>(), io)
    })
  plan
    .command('get <plan>')
    .description('all of one plan; by its name, or by the beginning of its id')
    .addOption(new Option('--yaml', 'as a file, to begin another one with'))
    .action(async (wanted: string, _options: unknown, command: Command) => {
      const { getPlan } = await import('./plan-show.ts')
      await getPlan(wanted, command.optsWithGlobals<PlanOptions & { readonly yaml?: boolean }>(), io)
    })
  plan
    .command('move-home <plan>')
    .description('break-glass, for a home cluster that is lost: keep the plan elsewhere, and go on there')
    .requiredOption('--to <context/namespace>', 'where it is kept from now on')
    .option('--confirm <plan>', 'the name of the plan')
    .option('--reason <text>', 'why; it is kept with the plan')
    .action(async (wanted: string, _options: unknown, command: Command) => {
      const { movePlanHome } = await import('./plan-move.ts')
      await movePlanHome(wanted, command.optsWithGlobals<MoveOptions>(), io)
    })
  for (const each of asked) registerAsked(plan, each, io)
}

/** UI-ACT-2 */
function confirmOption(): Option {
  return new Option('--confirm <plan>', 'the name of the plan, where it starts on a protected context')
}

interface Asked {
  readonly usage: string
  readonly description: string
  readonly options?: readonly Option[]
  /** Failure: a mistake on the command line. */
  readonly wish: (
    found: FoundPlan,
    args: readonly string[],
    options: AskedOptions,
    io: CliIo,
  ) => Outcome<PlanCommand, string>
}

interface AskedOptions extends PlanOptions {
  readonly stopLine?: boolean
  readonly for?: string
  readonly fromLastPause?: boolean
  readonly scope?: 'inFlight' | 'wave' | 'all'
}

const asked: readonly Asked[] = [
  {
    usage: 'start <plan>',
    description: 'let it begin',
    options: [confirmOption()],
    wish: () => success({ kind: 'start' }),
  },
  { usage: 'approve <plan>', description: 'one more person agrees to it', wish: () => success({ kind: 'approve' }) },
  {
    usage: 'hold <plan>',
    description: 'let it begin nothing more until it is released',
    options: [
      new Option('--stop-line', 'pause every member as well, also for changes that come by other ways'),
      new Option('--for <duration>', 'end the hold after this long'),
    ],
    wish: (_found, _args, { stopLine, for: length }, { clock }) => {
      const read = length === undefined ? undefined : parseGoDuration(length)
      if (read?.ok === false) return failure(`--for: ${read.error}`)
      const until = read && clock.now() + read.value
      return success({
        kind: 'hold',
        ...(stopLine === true && { stopsLine: true }),
        ...(until !== undefined && { until }),
      })
    },
  },
  { usage: 'release <plan>', description: 'end the holds of people', wish: () => success({ kind: 'release' }) },
  {
    usage: 'open-gate <plan> <wave>',
    description: 'let what comes after a wave begin; by its name or number',
    wish: ({ plan }, [wanted = '']) => {
      const { waves } = plan.spec
      const named = waves.findIndex(({ name }) => name === wanted)
      const wave = named >= 0 ? named : Number(wanted) - 1
      return waves[wave] === undefined
        ? failure(`there is no wave "${wanted}"; there are: ${waves.map(({ name }) => name).join(', ')}`)
        : success({ kind: 'openGate', wave })
    },
  },
  {
    usage: 'retry <plan> <member>',
    description: 'try a member that failed again',
    options: [new Option('--from-last-pause', 'go on at the last pause it had come to, not from its first step')],
    wish: (found, [wanted = ''], { fromLastPause }) =>
      ofMember(found, wanted, (member) => ({
        kind: 'retry',
        member,
        ...(fromLastPause === true && { from: 'lastPause' }),
      })),
  },
  {
    usage: 'skip <plan> <member>',
    description: 'leave out a member that waits or has failed',
    wish: (found, [wanted = '']) => ofMember(found, wanted, (member) => ({ kind: 'skip', member })),
  },
  {
    usage: 'roll-back <plan>',
    description: 'abort what is under way, and undo what is done as far as --scope says',
    options: [
      new Option('--scope <scope>', 'what is taken back').choices(['inFlight', 'wave', 'all']).makeOptionMandatory(),
    ],
    wish: (_found, _args, { scope = 'inFlight' }) => success({ kind: 'rollBack', scope }),
  },
  {
    usage: 'end <plan>',
    description: 'do nothing more; what is under way in clusters stays as it is',
    wish: () => success({ kind: 'end' }),
  },
]

/** By its id, or by its cluster alone where that has only one. */
function ofMember(
  { plan }: FoundPlan,
  wanted: string,
  wish: (member: string) => PlanCommand,
): Outcome<PlanCommand, string> {
  const { members } = plan.spec
  const matching = members.filter(({ id, context }) => id === wanted || context === wanted)
  const [member] = matching
  return member === undefined || matching.length > 1
    ? failure(
        `"${wanted}" is ${matching.length === 0 ? 'no member' : `${matching.length} members`}; there are: ${members.map(({ id }) => id).join(', ')}`,
      )
    : success(wish(member.id))
}

function registerAsked(plan: Command, { usage, description, options = [], wish }: Asked, io: CliIo): void {
  const command = plan.command(usage).description(description)
  command.option('--reason <text>', 'why; it is kept with the plan')
  for (const option of options) command.addOption(option)
  command.action(async (...args: readonly unknown[]) => {
    const self = args.at(-1) as Command
    const given = self.optsWithGlobals<AskedOptions>()
    const [wanted = '', ...rest] = self.args
    const targets = await targetsOrExit(given, io)
    if (targets === undefined) return
    try {
      await ask(targets, wanted, (found) => wish(found, rest, given, io), given, io)
    } finally {
      await Promise.all(targets.map(({ client }) => client.close()))
    }
  })
}

async function ask(
  targets: readonly Target[],
  wanted: string,
  wish: (found: FoundPlan) => Outcome<PlanCommand, string>,
  given: AskedOptions,
  io: CliIo,
): Promise<void> {
  const { findPlan } = await import('./find-plan.ts')
  const { commandPlan } = await import('#main/fleet-plan/command-plan.ts')
  const { localActor } = await import('#main/history/actor.ts')
  const found = await findPlan(targets, wanted)
  const asks = found.ok ? wish(found.value) : found
  if (!found.ok || !asks.ok) {
    io.err(`argosy: ${asks.ok ? '' : asks.error}`)
    return io.exitWith(exitCodes.usage)
  }
  const { plan, home } = found.value
  const by = { by: `${localActor()}@${hostname()}`, at: io.clock.now(), reason: given.reason ?? '' }
  const place = { client: home.client, namespace: plan.spec.home.namespace }
  const guard = asks.value.kind === 'start' ? await startShut(plan, given, io) : undefined
  if (guard !== undefined) {
    io.err(`argosy: ${guard} (--confirm <plan>)`)
    return io.exitWith(exitCodes.failed)
  }
  if (asks.value.kind === 'rollBack') await warn(plan, targets, io)
  const done = await commandPlan(place, plan.id, asks.value, by)
  if (!done.ok) {
    io.err(`argosy: ${plan.name}: ${done.error}`)
    return io.exitWith(exitCodes.failed)
  }
  io.out(`${plan.name}: ${saidOf(asks.value)}`)
}

/** By all contexts that this machine knows, whichever the command was given. */
async function startShut(plan: FleetPlan, given: AskedOptions, io: CliIo): Promise<string | undefined> {
  const { startGuard } = await import('#main/fleet-plan/start-guard.ts')
  const { context: _named, ...rest } = given
  const found = await findTargets({ ...rest, allContexts: true }, io)
  if (!found.ok) return undefined
  await Promise.all(found.value.map(({ client }) => client.close()))
  const isProtected = (context: string) =>
    found.value.some((target) => target.context === context && target.rails.isProtected)
  return startGuard({ name: plan.name, ...plan.spec }, isProtected, given.confirm)
}

/** Nothing holds a rollback up: what it would find is told beside it (RB-6). */
async function warn(plan: FleetPlan, targets: readonly Target[], io: CliIo): Promise<void> {
  const { configsAround } = await import('./plan-configs.ts')
  for (const { member, text } of await configsAround(plan, targets, io)) io.err(`argosy: ${member}: ${text}`)
}

function saidOf(wish: PlanCommand): string {
  switch (wish.kind) {
    case 'approve':
      return 'approved'
    case 'start':
      return 'started; whoever runs it goes on (argosy plan run, or a window)'
    case 'hold':
      return wish.stopsLine === true ? 'held, and its members are being paused' : 'held'
    case 'release':
      return 'released'
    case 'openGate':
      return `the gate after wave ${wish.wave + 1} is open`
    case 'retry':
      return `${wish.member} is tried again`
    case 'park':
      return 'is parked'
    case 'skip':
      return `${wish.member} is left out`
    case 'rollBack':
      return 'is being taken back'
    case 'noteOldHome':
      return 'its old home is marked'
    case 'end':
      return 'ended'
  }
}

const sizeMax = 1_000_000

/** `-` is standard input. */
function readText(file: string): string {
  try {
    const text = readFileSync(file === '-' ? 0 : file, 'utf8')
    if (text.length > sizeMax) throw new UsageError(`${file} is larger than a plan may be (1 MB)`)
    return text
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
