/**
 * How nodes and pods live on the test bed, as stages of KWOK: the same words in image tags as in the sandbox
 * (`main/sandbox/controllers/image-behaviour.ts`), with fixed times in place of seeded ones.
 */
interface Stage {
  readonly apiVersion: 'kwok.x-k8s.io/v1alpha1'
  readonly kind: 'Stage'
  readonly metadata: { readonly name: string }
  readonly spec: object
}

/** What must hold, as jq expressions that give true. */
type Conditions = readonly string[]

interface Wait {
  readonly milliseconds: number
  /** A jq expression for a time such as `20s`, which counts where it gives one. */
  readonly unless?: string
}

const stage = (name: string, kind: 'Node' | 'Pod', when: Conditions, wait: Wait, next: object): Stage => ({
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name },
  spec: {
    resourceRef: { apiGroup: 'v1', kind },
    selector: { matchExpressions: when.map((key) => ({ key, operator: 'In', values: ['true'] })) },
    delay: {
      durationMilliseconds: wait.milliseconds,
      ...(wait.unless !== undefined && { durationFrom: { expressionFrom: wait.unless } }),
    },
    next,
  },
})

/** True when a container's tag has one of these words, between characters that are neither letters nor digits. */
const says = (...words: readonly string[]): string => {
  const tag =
    '(.image | split("@")[0] | split("/")[-1] | if test(":") then split(":")[-1] else "latest" end | ascii_downcase)'
  return `([.spec.containers[] | ${tag} | test("(^|[^a-z0-9])(${words.join('|')})([^a-z0-9]|$)")] | any)`
}
const not = (condition: string): string => `(${condition} | not)`

const alive = '.metadata.deletionTimestamp == null'
const bound = '.spec.nodeName != null'
const unstarted = '(.status.containerStatuses // [] | length) == 0'
const waitsFor = (reason: string) => `([.status.containerStatuses[]?.state.waiting.reason] | any(. == "${reason}"))`
const runs = '([.status.containerStatuses[]?.state.running] | any(. != null))'
const isReady = '([.status.containerStatuses[]?.ready] | all)'
const hasEnded = '([.status.containerStatuses[]?.state.terminated] | any(. != null))'
const isServer = '((.spec.restartPolicy // "Always") == "Always")'
const unpullable = says('missing', 'pull-error')
const isKilled = says('oom')
const crashes = says('crash', 'crashloop', 'oom')
const neverReady = says('hang', 'never-ready')
const slow = `(${says('slow')} and ${not(says('slow-stop'))})`
const fails = says('fail', 'crash')

const condition = (type: string, holds: boolean) =>
  `- {type: ${type}, status: "${holds ? 'True' : 'False'}", lastTransitionTime: {{ Now | Quote }}${holds ? '' : ', reason: ContainersNotReady'}}`

/** A pod's status: the conditions, then for each container what `state` says. Lines of YAML in a Go template. */
const podStatus = (phase: string, ready: boolean, container: readonly string[], initialized = true): object => ({
  statusTemplate: [
    'conditions:',
    condition('Initialized', initialized),
    condition('Ready', ready),
    condition('ContainersReady', ready),
    '{{ $old := or .status.containerStatuses list }}',
    'containerStatuses:',
    '{{ range $index, $item := .spec.containers }}',
    '{{ $restarts := 0 }}{{ range $old }}{{ if eq .name $item.name }}{{ $restarts = .restartCount }}{{ end }}{{ end }}',
    '- name: {{ $item.name | Quote }}',
    '  image: {{ $item.image | Quote }}',
    '  imageID: ""',
    `  ready: ${ready}`,
    ...container.map((line) => `  ${line}`),
    '{{ end }}',
    'hostIP: {{ NodeIPWith .spec.nodeName | Quote }}',
    'podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}',
    `phase: ${phase}`,
    'startTime: {{ or .status.startTime Now | Quote }}',
    '',
  ].join('\n'),
})

const same = 'restartCount: {{ $restarts }}'
const waiting = (reason: string, message = ''): readonly string[] => [
  same,
  'started: false',
  `state: {waiting: {reason: ${reason}${message === '' ? '' : `, message: "${message}"`}}}`,
]
const running = (restarts = same): readonly string[] => [
  restarts,
  'started: true',
  'state: {running: {startedAt: {{ Now | Quote }}}}',
]
const ends = { 0: 'Completed', 1: 'Error', 137: 'OOMKilled' } as const
const terminated = (exitCode: keyof typeof ends): readonly string[] => [
  same,
  'started: false',
  `state: {terminated: {exitCode: ${exitCode}, reason: ${ends[exitCode]}, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }}}}`,
]

const probeDelay = '(.spec.containers[0].readinessProbe.initialDelaySeconds // empty | . + 1 | tostring + "s")'
const ownSleep =
  '([.spec.containers[0] | ((.command // []) + (.args // []))[] | capture("\\\\bsleep (?<s>[0-9]+)").s] | first // empty | . + "s")'
const pod = (name: string, when: Conditions, wait: Wait, next: object) =>
  stage(`pod-${name}`, 'Pod', [bound, ...when], wait, next)

export const podStages: readonly Stage[] = [
  stage(
    'node-ready',
    'Node',
    ['([.status.conditions[]? | select(.type == "Ready" and .status == "True")] | length) == 0'],
    { milliseconds: 0 },
    {
      statusTemplate: [
        'conditions:',
        '- {type: Ready, status: "True", reason: KubeletReady, lastHeartbeatTime: {{ Now | Quote }}, lastTransitionTime: {{ Now | Quote }}}',
        'addresses:',
        '- {type: InternalIP, address: {{ NodeIP | Quote }}}',
        '- {type: Hostname, address: {{ .metadata.name | Quote }}}',
        '',
      ].join('\n'),
    },
  ),
  pod('create', [alive, unstarted], { milliseconds: 100 }, podStatus('Pending', false, waiting('ContainerCreating'))),
  pod(
    'run',
    [alive, waitsFor('ContainerCreating'), not(unpullable)],
    { milliseconds: 500 },
    podStatus('Running', false, running()),
  ),
  pod(
    'not-pulled',
    [alive, waitsFor('ContainerCreating'), unpullable],
    { milliseconds: 500 },
    podStatus('Pending', false, waiting('ErrImagePull', 'not found')),
  ),
  pod(
    'pull-back-off',
    [alive, waitsFor('ErrImagePull')],
    { milliseconds: 1_000 },
    podStatus('Pending', false, waiting('ImagePullBackOff', 'Back-off pulling image')),
  ),
  pod(
    'ready',
    [alive, runs, isServer, not(isReady), not(crashes), not(neverReady), not(slow)],
    { milliseconds: 1_000, unless: probeDelay },
    podStatus('Running', true, running()),
  ),
  pod(
    'slowly-ready',
    [alive, runs, isServer, not(isReady), slow],
    { milliseconds: 30_000 },
    podStatus('Running', true, running()),
  ),
  pod(
    'crash',
    [alive, runs, isServer, crashes, not(isKilled)],
    { milliseconds: 2_000 },
    podStatus('Running', false, terminated(1)),
  ),
  pod(
    'out-of-memory',
    [alive, runs, isServer, isKilled],
    { milliseconds: 2_000 },
    podStatus('Running', false, terminated(137)),
  ),
  pod(
    'back-off',
    [alive, hasEnded, isServer],
    { milliseconds: 1_000 },
    podStatus('Running', false, waiting('CrashLoopBackOff', 'back-off 10s restarting failed container')),
  ),
  pod(
    'run-again',
    [alive, waitsFor('CrashLoopBackOff')],
    { milliseconds: 10_000 },
    podStatus('Running', false, running('restartCount: {{ add $restarts 1 }}')),
  ),
  pod(
    'succeed',
    [alive, runs, not(isServer), not(fails)],
    { milliseconds: 2_000, unless: ownSleep },
    podStatus('Succeeded', false, terminated(0)),
  ),
  pod(
    'fail',
    [alive, runs, not(isServer), fails],
    { milliseconds: 2_000, unless: ownSleep },
    podStatus('Failed', false, terminated(1)),
  ),
  pod('stop', [not(alive), not(says('slow-stop'))], { milliseconds: 300 }, { delete: true }),
  pod('slowly-stop', [not(alive), says('slow-stop')], { milliseconds: 20_000 }, { delete: true }),
]
