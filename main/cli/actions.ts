import type { Command } from 'commander'
import type { ActionName, ActionPreview, ActionRefusal } from '#contract/views.ts'
import type { ActionParameters } from '#engine/actions/plan-action.ts'
import { assertNever } from '#lib/assert.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { type ExitCode, exitCodeOf, exitCodes, worstOf } from './exit-codes.ts'
import { type CliIo, UsageError } from './io.ts'
import { onEach, type Target, type TargetOptions, targetsOrExit } from './targets.ts'

interface ActionOptions extends TargetOptions {
  readonly dryRun?: boolean
}

interface Wish {
  readonly action: ActionName
  readonly names: readonly string[]
  readonly parameters: ActionParameters
}

/** The commands that change a Rollout. Each works on several names and several contexts, with a result for each (ACT-16). */
export function registerActions(program: Command, io: CliIo): void {
  const run = async (wish: Wish, command: Command): Promise<void> => {
    const options = command.optsWithGlobals<ActionOptions>()
    const targets = await targetsOrExit(options, io)
    if (targets !== undefined) io.exitWith(await act(wish, targets, options, io))
  }
  const add = (name: string, description: string): Command =>
    program.command(name).description(description).option('--dry-run', 'print what would be sent, as kubectl commands')

  add('promote <name...>', 'end the current pause, or go on to the next step')
    .option('--full', 'skip all steps, pauses and analysis')
    .option('--skip-current-step', 'skip the current step')
    .action((names: string[], options: { full?: boolean; skipCurrentStep?: boolean }, command: Command) => {
      if (options.full === true && options.skipCurrentStep === true)
        throw new UsageError('--full and --skip-current-step cannot be used together')
      const action = options.full === true ? 'promoteFull' : options.skipCurrentStep === true ? 'skipStep' : 'promote'
      return run({ action, names, parameters: {} }, command)
    })
  add('undo <name...>', 'go back to an earlier revision')
    .option('--to-revision <number>', 'which one (default: the one before the newest)')
    .action((names: string[], options: { toRevision?: string }, command: Command) =>
      run({ action: 'undo', names, parameters: revisionOf(options.toRevision) }, command),
    )
  add('set-image <name> <container=image>', 'change the image of a container ("*": of all containers)').action(
    (name: string, assignment: string, _options: unknown, command: Command) =>
      run({ action: 'setImage', names: [name], parameters: imageOf(assignment) }, command),
  )
  for (const [action, description] of simpleActions)
    add(`${action} <name...>`, description).action((names: string[], _options: unknown, command: Command) =>
      run({ action, names, parameters: {} }, command),
    )
}

const simpleActions = [
  ['abort', 'send traffic back to the stable version'],
  ['retry', 'start an aborted update again'],
  ['pause', 'hold a rollout where it is'],
  ['resume', 'end a pause without skipping anything'],
  ['restart', 'evict and replace all pods, a few at a time'],
] as const satisfies readonly (readonly [ActionName, string])[]

function revisionOf(text: string | undefined): ActionParameters {
  if (text === undefined) return {}
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`--to-revision must be a number, not "${text}"`)
  return { toRevision: Number(text) }
}

/** ACT-110: exactly one `=`. */
function imageOf(assignment: string): ActionParameters {
  const [container, image, ...rest] = assignment.split('=')
  if (container === undefined || container === '' || image === undefined || image === '' || rest.length > 0)
    throw new UsageError(`expected container=image, not "${assignment}"`)
  return { container, image }
}

interface ActionLine {
  readonly context: string
  readonly namespace: string
  readonly name: string
  readonly sent: boolean
  readonly message: string
  readonly refusal?: ActionRefusal
}

async function act(wish: Wish, targets: readonly Target[], options: ActionOptions, io: CliIo): Promise<ExitCode> {
  const lines: ActionLine[] = []
  const codes = await onEach(targets, async (target) => {
    const each: ExitCode[] = []
    for (const name of wish.names) {
      if (options.dryRun === true) each.push(await preview(wish, target, name, io))
      else each.push(await send(wish, target, name, io, (line) => lines.push(line)))
    }
    return worstOf(each)
  })
  if (options.output === 'json' && options.dryRun !== true) io.out(JSON.stringify(lines, undefined, 2))
  else for (const line of lines) (line.sent ? io.out : io.err)(sentence(line, targets.length > 1))
  return worstOf(codes)
}

const sentence = ({ context, message }: ActionLine, named: boolean): string =>
  named ? `${context}: ${message}` : message

async function send(
  { action, parameters }: Wish,
  { client, context, namespace }: Target,
  name: string,
  io: CliIo,
  tell: (line: ActionLine) => void,
): Promise<ExitCode> {
  const { sendAction } = await import('#main/controller/send-action.ts')
  const request = { cluster: { context, client }, clock: io.clock, action, namespace, name, parameters }
  const outcome = await sendAction(request)
  const about = { context, namespace, name }
  if (outcome.ok) {
    tell({ ...about, sent: true, message: outcome.value.message })
    return exitCodes.ok
  }
  const refusal = outcome.error
  tell({ ...about, sent: false, message: refusalText(refusal, { action, ...about }), refusal })
  return refusal.kind === 'failed' ? exitCodeOf(refusal.failure) : exitCodes.failed
}

async function preview({ action, parameters }: Wish, target: Target, name: string, io: CliIo): Promise<ExitCode> {
  const { previewAction } = await import('#main/controller/send-action.ts')
  const { client, context, namespace } = target
  const request = { cluster: { context, client }, clock: io.clock, action, namespace, name, parameters }
  const shown = await previewAction(request)
  if (!shown.open) {
    io.err(`${context}: ${name}: ${shown.reason}`)
    return exitCodes.failed
  }
  for (const line of previewLines(shown)) io.out(line)
  return exitCodes.ok
}

const previewLines = (shown: ActionPreview & { readonly open: true }): readonly string[] => [
  ...shown.effects.map((each) => `# ${each}`),
  ...shown.warnings.map((each) => `# Warning: ${each}`),
  ...shown.writes.map((each) => each.kubectl),
]

/** Why it was not done, in words a person can act on. */
export function refusalText(
  refusal: ActionRefusal,
  at: { readonly action: string; readonly namespace: string; readonly name: string },
): string {
  const subject = `${at.action} ${at.namespace}/${at.name}`
  switch (refusal.kind) {
    case 'notOpen':
      return `${subject}: ${refusal.reason}`
    case 'movedOn':
      return `${subject}: the rollout moved on (${refusal.changed.join(', ')}): look again`
    case 'failed':
      return `${subject}: ${failureText(refusal.failure)}`
    case 'unknownTarget':
      return `${subject}: there is no such rollout`
    default:
      return assertNever(refusal)
  }
}
