import type { Command } from 'commander'
import type { ActionResult } from '#contract/views.ts'
import type { Terminable } from '#engine/actions/terminate.ts'
import type { TerminateAction, Termination } from '#main/controller/terminate.ts'
import { actOnEach, type Deed, type Previewed, type Sent, withActionOptions } from './act-on-each.ts'
import type { CliIo } from './io.ts'
import type { CommandRails } from './rails.ts'
import type { Target } from './targets.ts'

const kinds = [
  [
    'analysisrun',
    'analysisRun',
    'terminateAnalysis',
    'end an analysis: whoever waits for it goes on, unless it failed',
  ],
  [
    'experiment',
    'experiment',
    'terminateExperiment',
    'end an experiment and its pods: its rollout goes on, unless it failed',
  ],
] as const satisfies readonly (readonly [string, string, TerminateAction, string])[]

/** `argosy terminate`: AnalysisRuns and Experiments, of a Rollout or of nobody (ACT-142). */
export function registerTerminate(program: Command, io: CliIo, folder: string): void {
  const terminate = program.command('terminate').description('end an AnalysisRun or an Experiment before its time')
  for (const [word, noun, action, description] of kinds)
    withActionOptions(terminate.command(`${word} <name...>`).description(description)).action(
      (names: string[], _options: unknown, command: Command) =>
        actOnEach(deedOf({ names, noun, action, verb: `terminate ${word}` }, io), command, io, folder),
    )
}

interface Wish extends Pick<Deed, 'names' | 'noun' | 'verb'> {
  readonly action: TerminateAction
}

const deedOf = (wish: Wish, io: CliIo): Deed => ({
  ...wish,
  send: (target, name, { reason, rails }) => send(wish, target, name, { io, reason, rails }),
  preview: (target, name, rails) => preview(wish, target, name, { io, rails }),
})

const requestOf = ({ action }: Wish, { client, context, namespace }: Target, name: string): Termination => ({
  cluster: { context, client },
  action,
  namespace,
  name,
})

interface Sending {
  readonly io: CliIo
  readonly rails: CommandRails
  readonly reason: string
}

/** The requests are those of a preview made right before, as in the window. */
async function send(wish: Wish, target: Target, name: string, { io, reason, rails }: Sending): Promise<Sent> {
  const { readTermination, sendTermination } = await import('#main/controller/terminate.ts')
  const { rolloutKey } = await import('#contract/keys.ts')
  const { context, namespace } = target
  const request = requestOf(wish, target, name)
  const shown = await readTermination(request)
  const at = { target, name }
  const heldBack = () => rails.heldBack(at, undefined)
  const sent = await sendTermination({ ...request, reason, heldBack })
  const about = shown.ok ? shown.value.about : { key: rolloutKey({ context, namespace, name }), uid: undefined }
  const writes = shown.ok && shown.value.plan.ok ? shown.value.plan.value.writes : []
  const journalled = (result: ActionResult): Sent['journalled'] => [
    about,
    {
      action: wish.action,
      result,
      writes,
      setAside: result.sent ? rails.setAside(rails.guard(at, undefined)) : undefined,
    },
  ]
  const { key } = about
  if (!sent.ok) {
    const refusal = sent.error
    return { outcome: { sent: false, refusal }, journalled: journalled({ key, sent: false, refusal }) }
  }
  const { message, resourceVersion, object } = sent.value
  return {
    outcome: { sent: true, message },
    journalled: journalled({ key, sent: true, resourceVersion, message }),
    awaitEffect: (timeoutMs) => awaitEnd(wish, target, object, timeoutMs, io),
  }
}

/** Only an engine gives it an end. */
async function awaitEnd({ action }: Wish, target: Target, object: Terminable, timeoutMs: number, io: CliIo) {
  const { awaitEffect } = await import('./await-effect.ts')
  const { hasEnded, terminationResource } = await import('#engine/actions/terminate.ts')
  const { name, uid } = object.metadata
  const resource = terminationResource(action)
  return awaitEffect<Terminable>({ target, resource, name, uid, isSeen: hasEnded, timeoutMs }, io)
}

async function preview(
  wish: Wish,
  target: Target,
  name: string,
  { io, rails }: Omit<Sending, 'reason'>,
): Promise<Previewed> {
  const { readTermination } = await import('#main/controller/terminate.ts')
  const { missingRight } = await import('#main/controller/missing-right.ts')
  const { failureText } = await import('#main/controller/failure-text.ts')
  const { createCanI } = await import('#main/cluster/can-i.ts')
  const read = await readTermination(requestOf(wish, target, name))
  if (!read.ok) return { open: false, reason: failureText(read.error) }
  const { plan } = read.value
  if (!plan.ok) return { open: false, reason: plan.error }
  const missing = await missingRight(createCanI(target.client, io.clock), plan.value.requests)
  if (missing !== undefined) return { open: false, reason: missing }
  return { open: true, ...plan.value, guard: rails.guard({ target, name }, undefined) }
}
