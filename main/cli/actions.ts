import type { Command } from 'commander'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { ActionName, ActionResult } from '#contract/views.ts'
import { hasTakenEffect } from '#engine/actions/effect.ts'
import { dataFolder } from '#main/data-folder.ts'
import { actOnEach, type Deed, type Previewed, type Sent, withActionOptions } from './act-on-each.ts'
import {
  imageOf,
  type PromoteFlags,
  promotionOf,
  type RestartFlags,
  restartOf,
  revisionOf,
  type Wish,
} from './action-wish.ts'
import type { CliIo } from './io.ts'
import type { CommandRails } from './rails.ts'
import type { Target } from './targets.ts'

/** The commands that change a Rollout. Each works on several names and several contexts, with a result for each (ACT-16). */
export function registerActions(program: Command, io: CliIo, folder = dataFolder()): void {
  const run = (wish: Wish, command: Command): Promise<void> => actOnEach(deedOf(wish, io), command, io, folder)
  const add = (name: string, description: string): Command =>
    withActionOptions(program.command(name).description(description))

  add('promote <name...>', 'end the current pause, or go on to the next step')
    .option('--full', 'skip all steps, pauses and analysis')
    .option('--skip-current-step', 'skip the current step')
    .option('--skip-all-steps', 'skip all steps that are left, not the analysis that runs beside them')
    .action((names: string[], options: PromoteFlags, command: Command) => run(promotionOf(names, options), command))
  add('abort <name...>', 'send traffic back to the stable version')
    .option('--resume', 'also end a pause set by hand: without that nothing is scaled')
    .action((names: string[], { resume }: { resume?: boolean }, command: Command) =>
      run({ action: 'abort', names, parameters: { resume } }, command),
    )
  add('undo <name...>', 'go back to an earlier revision')
    .option('--to-revision <number>', 'which one (default: the one before the newest)')
    .action((names: string[], options: { toRevision?: string }, command: Command) =>
      run({ action: 'undo', names, parameters: revisionOf(options.toRevision) }, command),
    )
  add('set-image <name> <container=image>', 'change the image of a container ("*": of all containers)').action(
    (name: string, assignment: string, _options: unknown, command: Command) =>
      run({ action: 'setImage', names: [name], parameters: imageOf(assignment) }, command),
  )
  add('restart <name...>', 'evict and replace all pods, a few at a time')
    .option('--in <duration>', 'not before this long from now')
    .option('--cancel', 'take back a restart that is still to come')
    .action((names: string[], options: RestartFlags, command: Command) => run(restartOf(names, options), command))
  for (const [action, description] of simpleActions)
    add(`${action} <name...>`, description).action((names: string[], _options: unknown, command: Command) =>
      run({ action, names, parameters: {} }, command),
    )
}

const simpleActions = [
  ['retry', 'start an aborted update again'],
  ['pause', 'hold a rollout where it is'],
  ['resume', 'end a pause without skipping anything'],
] as const satisfies readonly (readonly [ActionName, string])[]

const deedOf = (wish: Wish, io: CliIo): Deed => ({
  verb: wish.action,
  noun: 'rollout',
  names: wish.names,
  action: wish.action,
  send: (target, name, { reason, rails }) => send(wish, target, name, { io, reason, rails }),
  preview: (target, name, rails) => preview(wish, target, name, { io, rails }),
})

const requestOf = ({ action, parameters }: Wish, { client, context, namespace }: Target, name: string, io: CliIo) => ({
  cluster: { context, client },
  clock: io.clock,
  action,
  namespace,
  name,
  parameters,
})

interface Sending {
  readonly io: CliIo
  readonly rails: CommandRails
  readonly reason: string
}

/** The requests are those of a preview made right before, as in the window. */
async function send(wish: Wish, target: Target, name: string, { io, reason, rails }: Sending): Promise<Sent> {
  const { sendAction } = await import('#main/controller/send-action.ts')
  const { previewAction } = await import('#main/controller/preview-action.ts')
  const { action } = wish
  const request = requestOf(wish, target, name, io)
  const about = { target, name }
  const shown = await previewAction({ ...request, guard: (rollout) => rails.guard(about, rollout) })
  const heldBack = (rollout: Rollout) => rails.heldBack(about, rollout)
  const sent = await sendAction({ ...request, reason, heldBack })
  const { key } = shown
  const [uid, writes] = shown.open ? [shown.intent.uid, shown.writes] : [undefined, []]
  const journalled = (result: ActionResult): Sent['journalled'] => [
    { key, uid },
    { action, result, writes, setAside: result.sent && shown.open ? rails.setAside(shown.guard) : undefined },
  ]
  if (!sent.ok) {
    const refusal = sent.error
    return { outcome: { sent: false, refusal }, journalled: journalled({ key, sent: false, refusal }) }
  }
  const { message, resourceVersion, echo } = sent.value
  return {
    outcome: { sent: true, message },
    journalled: journalled({ key, sent: true, resourceVersion, message }),
    ...(echo !== undefined && {
      awaitEffect: async (timeoutMs) => {
        const { awaitEffect } = await import('./await-effect.ts')
        const { uid } = echo.written.metadata
        const isSeen = (current: Rollout) => hasTakenEffect(action, echo, current)
        return awaitEffect({ target, resource: resources.rollouts, name, uid, isSeen, timeoutMs }, io)
      },
    }),
  }
}

async function preview(
  wish: Wish,
  target: Target,
  name: string,
  { io, rails }: Omit<Sending, 'reason'>,
): Promise<Previewed> {
  const { previewAction } = await import('#main/controller/preview-action.ts')
  const { readAround } = await import('#main/controller/read-around.ts')
  const { missingRight } = await import('#main/controller/missing-right.ts')
  const { createCanI } = await import('#main/cluster/can-i.ts')
  const { followsLine } = await import('./forecast-text.ts')
  const { client } = target
  let rollout: Rollout | undefined
  const world = async (seen: Rollout) => {
    rollout = seen
    const read = await readAround(client, seen)
    return read.ok ? read.value : undefined
  }
  const canI = createCanI(client, io.clock)
  const shown = await previewAction({
    ...requestOf(wish, target, name, io),
    world,
    guard: (seen) => rails.guard({ target, name }, seen),
    missingRight: (_rollout, writes) => missingRight(canI, writes),
  })
  if (!shown.open) return shown
  return { ...shown, forecast: rollout && followsLine(shown.follows, rollout, io.clock.now()) }
}
