import { flag, int32, int64, list, object, opaque, type Schema, text, time } from './schema.ts'

export const conditions: Schema = list(
  'What holds at present, one entry per question.',
  object(
    'The answer to one question.',
    {
      lastTransitionTime: time('When status changed last.'),
      lastUpdateTime: time('When anything of it changed last.'),
      message: text('The reason in words.'),
      reason: text('Why, in one word.'),
      status: text('True, False or Unknown.'),
      type: text('The question.'),
    },
    ['lastTransitionTime', 'lastUpdateTime', 'message', 'reason', 'status', 'type'],
  ),
)

const analysisRun = (description: string) =>
  object(
    description,
    {
      message: text('What it says of its outcome.'),
      name: text('The AnalysisRun.'),
      status: text('Its phase.'),
    },
    ['name', 'status'],
  )

const weight = {
  podTemplateHash: text('The pods that get it.'),
  serviceName: text('The Service that gets it.'),
  weight: int32('How much.'),
}

const weights = object(
  'The weights that the traffic router was given.',
  {
    additional: list('Those of experiments.', object('One of them.', weight, ['weight'])),
    canary: object('That of the canary.', weight, ['weight']),
    stable: object('That of the stable pods.', weight, ['weight']),
    verified: flag('Whether the router was seen to have them; absent for routers that cannot tell.'),
  },
  ['canary', 'stable'],
)

const stepPluginStatuses = list(
  'What the step plugins of this roll-out said.',
  object(
    'One call of a plugin.',
    {
      backoff: text('How long to wait before asking again.'),
      disabled: flag('The plugin was off, and the step was skipped.'),
      executions: int32('How often it was asked.'),
      finishedAt: time('When it was done.'),
      index: int32('The step, counted from 0.'),
      message: text('What it says of its outcome.'),
      name: text('The plugin.'),
      operation: text('What was asked of it: Run, Terminate or Abort.'),
      phase: text('How far it is.'),
      startedAt: time('When it was asked first.'),
      status: opaque('What it wants to find again the next time.'),
      updatedAt: time('When it was asked last.'),
    },
    ['index', 'name', 'operation'],
  ),
)

const canary = object('Where a canary roll-out is.', {
  currentBackgroundAnalysisRunStatus: analysisRun('The analysis beside the steps.'),
  currentExperiment: text('The Experiment of the step.'),
  currentStepAnalysisRunStatus: analysisRun('The analysis of the step.'),
  stablePingPong: text('ping or pong: which of the two Services is the stable one.'),
  stepPluginStatuses,
  weights,
})

const blueGreen = object('Where a blue-green roll-out is.', {
  activeSelector: text('The pod template hash that the active Service selects.'),
  postPromotionAnalysisRunStatus: analysisRun('The analysis after the switch.'),
  prePromotionAnalysisRunStatus: analysisRun('The analysis before the switch.'),
  previewSelector: text('The pod template hash that the preview Service selects.'),
  scaleUpPreviewCheckPoint: flag('The preview did well, and its pods are brought to the full number.'),
})

const awsResource = (description: string) =>
  object(description, { arn: text('Its ARN.'), fullName: text('The end of its ARN.'), name: text('Its name.') }, [
    'arn',
    'name',
  ])

const albStatus = {
  canaryTargetGroup: awsResource('The target group of the canary pods.'),
  ingress: text('The Ingress.'),
  loadBalancer: awsResource('The load balancer.'),
  stableTargetGroup: awsResource('The target group of the stable pods.'),
}

const duration = object('How long the present roll-out takes, or the last one took.', {
  completionStatus: text('How it ended.'),
  finishedAt: time('When it ended.'),
  manualPauseStartedAt: time('When it began to wait for a person, if it does.'),
  rolloutStartedAt: time('When it began.'),
  totalManualPauseDurationSeconds: int64('Seconds it has waited for people.'),
})

export const rolloutStatus: Schema = object(
  'What was found. Written by the controller, and to a small part by promote, abort and retry.',
  {
    HPAReplicas: int32('Pods an autoscaler counts.'),
    abort: flag('Ends the roll-out and goes back to the stable version.'),
    abortedAt: time('When it was aborted.'),
    alb: object('What is known of the load balancer of the Ingress.', albStatus),
    albs: list('The same for several Ingresses.', object('One of them.', albStatus)),
    availableReplicas: int32('Pods ready for at least minReadySeconds.'),
    blueGreen,
    canary,
    collisionCount: int32('How often a pod template hash was taken already.'),
    conditions,
    controllerPause: flag('The controller has paused the roll-out, for the reasons in pauseConditions.'),
    currentPodHash: text('The hash of the pod template of the new version.'),
    currentStepHash: text('A hash of the steps; when it changes, the roll-out begins anew.'),
    currentStepIndex: int32('The step it is at, counted from 0.'),
    duration,
    message: text('Why phase is what it is.'),
    observedGeneration: text('The generation that was acted on last.'),
    pauseConditions: list(
      'Why it is paused; empty to go on.',
      object(
        'One reason.',
        {
          reason: text('The reason, in one word.'),
          startTime: time('Since when.'),
        },
        ['reason', 'startTime'],
      ),
    ),
    phase: text('Healthy, Progressing, Paused or Degraded.'),
    promoteFull: flag('Skips all steps, pauses and analyses of this roll-out.'),
    readyReplicas: int32('Pods that are ready.'),
    replicas: int32('Pods that have not ended.'),
    restartedAt: time('The restartAt that was acted on last.'),
    selector: text('spec.selector as text, for /scale.'),
    stableRS: text('The pod template hash of the version that traffic can go back to.'),
    updatedReplicas: int32('Pods of the new version.'),
    workloadObservedGeneration: text('The generation of the referenced workload that was acted on last.'),
  },
)
