import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Pod } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import { systemClock } from '#main/system-clock.ts'
import { aKubectl, type Kubectl } from '#test/support/kubectl.ts'
import { aSandbox, type Sandbox } from '#test/support/sandbox.ts'
import { until } from '#test/support/until.ts'

/* What kubectl says of the kinds: their fields, mistakes in them, and what happens to their objects. Real time. */

let sandbox: Sandbox
let kubectl: Kubectl

beforeAll(async () => {
  sandbox = await aSandbox(systemClock, 20)
  kubectl = aKubectl(sandbox.kubeconfig)
})

afterAll(async () => {
  await sandbox.stop()
  kubectl.end()
})

const ok = (command: string) => kubectl.ok(...command.split(' '))
const run = (command: string) => kubectl.run(command.split(' '))

const manifest = (name: string, step = 'setWeight') => `
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: main, image: registry.example/demo:blue}]}
  strategy: {canary: {steps: [{${step}: 20}, {pause: {}}]}}
`
const aFile = (name: string, step?: string) => kubectl.file(`${name}.yaml`, manifest(name, step))

async function deployed(name: string, image = 'registry.example/web:1'): Promise<void> {
  await ok(`create deployment ${name} --image=${image} --replicas=2`)
  await ok(`rollout status deployment/${name} --timeout=15s`)
}

const restartsOf = (name: string): number => {
  const pod = sandbox.cluster.store.get(resources.pods, { namespace: 'default', name }) as Pod | undefined
  return pod?.status?.containerStatuses?.[0]?.restartCount ?? 0
}

describe('explains', () => {
  it('every level of a Rollout', async () => {
    expect(await ok('explain rollout.spec.strategy.canary.steps')).toMatch(/FIELD: steps <\[\]Object>/)
    const steps = await ok('explain rollout.spec.strategy.canary.steps --recursive')
    expect(steps).toMatch(/^ {2}setWeight\t<integer>$/m)
    expect(steps).toMatch(/^ {4}args\t<\[\]Object>\n {6}name\t<string> -required-$/m)
    expect(await ok('explain rollout.spec.strategy.canary.trafficRouting.istio.virtualService.routes')).toContain(
      'HTTP routes to change, by name.',
    )
    expect(await ok('explain rollout.spec.template.spec.containers.ports')).toMatch(/containerPort\t<integer> -requir/)
    expect(await ok('explain rollout.status.canary.weights.canary.weight')).toContain('How much.')
  })

  it.each([
    ['analysisrun.spec.metrics.provider.prometheus', 'The query, in PromQL.'],
    ['analysistemplate.spec.metrics', 'successCondition'],
    ['clusteranalysistemplate.spec.args', 'valueFrom'],
    ['experiment.spec.templates', 'minReadySeconds'],
    ['hpa.spec', 'scaleTargetRef'],
  ])('%s', async (field, tells) => {
    expect(await ok(`explain ${field}`)).toContain(tells)
  })
})

describe('API-6: a misspelt field', () => {
  const complaint = 'strict decoding error: unknown field "spec.strategy.canary.steps[0].setWait"'

  it('is refused by default, also in a dry run on the server', async () => {
    const file = aFile('strict', 'setWait')
    expect(await kubectl.run(['apply', '-f', file])).toMatchObject({
      code: 1,
      err: expect.stringContaining(`Rollout in version "v1alpha1" cannot be handled as a Rollout: ${complaint}`),
    })
    const dry = await kubectl.run(['apply', '--validate=strict', '--dry-run=server', '-f', file])
    expect(dry).toMatchObject({ code: 1, err: expect.stringContaining(complaint) })
    expect((await run('get rollout strict')).err).toContain('(NotFound)')
  })

  it('is told and dropped when only a warning is wanted', async () => {
    const warned = await kubectl.run(['apply', '--validate=warn', '-f', aFile('warned', 'setWait')])
    expect(warned).toEqual({
      code: 0,
      err: 'Warning: unknown field "spec.strategy.canary.steps[0].setWait"\n',
      out: 'rollout.argoproj.io/warned created\n',
    })
    expect(await ok('get rollout warned -o jsonpath={.spec.strategy.canary.steps}')).toBe('[{},{"pause":{}}]')
  })

  it('is refused in an editor', async () => {
    await kubectl.ok('apply', '-f', aFile('edited'))
    const editor = kubectl.file('editor.sh', '#!/bin/sh\nsed -i "s/setWeight: 20/setWait: 20/" "$1"\n', 0o700)
    const { code, err } = await kubectl.run(['edit', 'rollout', 'edited'], { EDITOR: editor })
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(complaint) })
  })

  it('a right one passes a dry run on the server, which stores nothing', async () => {
    const dry = await kubectl.ok('apply', '--validate=strict', '--dry-run=server', '-f', aFile('dry'))
    expect(dry).toBe('rollout.argoproj.io/dry created (server dry run)\n')
    expect((await run('get rollout dry')).code).toBe(1)
  })

  it('a value of the wrong type, or one that is missing, is refused whatever is wanted', async () => {
    await kubectl.ok('apply', '-f', aFile('typed'))
    const patch = (strategy: object) =>
      kubectl.run(['patch', 'rollout', 'typed', '--type=merge', '-p', JSON.stringify({ spec: { strategy } })])
    expect((await patch({ canary: { steps: [{ setWeight: 'a lot' }] } })).err).toContain(
      'spec.strategy.canary.steps[0].setWeight in body must be of type integer: "string"',
    )
    expect((await patch({ blueGreen: {} })).err).toContain('spec.strategy.blueGreen.activeService: Required value')
    expect((await patch({ canary: { maxSurge: '50%', maxUnavailable: 0, steps: null } })).code).toBe(0)
  })
})

describe('tells what happened', () => {
  it('to a pod, a ReplicaSet and a Deployment', async () => {
    await deployed('told')
    const pod = await ok('describe pod -l app=told')
    expect(pod).toMatch(/Normal\s+Scheduled\s+\S+\s+default-scheduler\s+Successfully assigned default\/told-/)
    expect(pod).toMatch(/Normal\s+Started\s+\S+\s+kubelet\s+Started container web/)
    expect(pod).toMatch(/QoS Class:\s+BestEffort/)
    expect(await ok('describe rs -l app=told')).toMatch(
      /SuccessfulCreate\s+\S+\s+replicaset-controller\s+Created pod: /,
    )
    expect(await ok('describe deployment told')).toMatch(
      /ScalingReplicaSet\s+\S+\s+deployment-controller\s+Scaled up replica set told-\S+ from 0 to 2/,
    )
  })

  it('in a table, with the name only where it is asked for', async () => {
    await deployed('listed')
    const shown = await ok('get events --field-selector reason=ScalingReplicaSet,involvedObject.name=listed')
    expect(shown.trim().split('\n')).toEqual([
      expect.stringMatching(/^LAST SEEN\s+TYPE\s+REASON\s+OBJECT\s+MESSAGE$/),
      expect.stringMatching(/^\S+\s+Normal\s+ScalingReplicaSet\s+deployment\/listed\s+Scaled up replica set listed-/),
    ])
    expect(await ok('get events -o wide')).toMatch(/^LAST SEEN.*\sCOUNT\s+NAME$/m)
    expect(await ok('events --for deployment/listed')).toMatch(/ScalingReplicaSet\s+Deployment\/listed/)
  })

  it('to the run before the present one, if there was one', async () => {
    await ok('run calm --image=registry.example/web:1')
    await ok('wait --for=condition=Ready pod/calm --timeout=10s')
    expect((await run('logs calm --previous')).err).toContain(
      'previous terminated container "calm" in pod "calm" not found',
    )
    await ok('run rash --image=registry.example/web:1-crash')
    await until('a restart', () => restartsOf('rash') > 0)
    expect(await ok('logs rash --previous')).toContain('fatal: Error, exit code 1')
  })
})

describe('follows a log', () => {
  it('until its container ends', async () => {
    await ok('run talks --image=registry.example/web:1')
    await ok('wait --for=condition=Ready pod/talks --timeout=10s')
    const log = kubectl.start(['logs', '--follow', 'talks'])
    const lines = () => log.printed().trim().split('\n')
    await until('a line that came later', () => lines().length > 3)
    expect(new Set(lines()).size).toBe(lines().length)
    expect(lines()[0]).toContain('starting registry.example/web:1')
    const open = sandbox.cluster.server.openWatches
    await ok('delete pod talks --now')
    await until('its end', () => sandbox.cluster.server.openWatches < open)
    log.stop()
  })
})

describe('typed commands, which speak protobuf', () => {
  it('autoscale, in both versions of its kind', async () => {
    await deployed('scaled')
    expect(await ok('autoscale deployment scaled --min=2 --max=5 --cpu-percent=80')).toBe(
      'horizontalpodautoscaler.autoscaling/scaled autoscaled\n',
    )
    expect(await ok('get hpa scaled')).toMatch(
      /^scaled\s+Deployment\/scaled\s+cpu: <unknown>\/80%\s+2\s+5\s+0\s+\d+s$/m,
    )
    const one = 'horizontalpodautoscalers.v1.autoscaling'
    expect(await ok(`get ${one} scaled -o jsonpath={.spec.targetCPUUtilizationPercentage}`)).toBe('80')
    await ok(`patch ${one} scaled -p {"spec":{"targetCPUUtilizationPercentage":50}}`)
    const metric = 'jsonpath={.spec.metrics[0].resource.target.averageUtilization}'
    expect(await ok(`get hpa scaled -o ${metric}`)).toBe('50')
    expect(await ok('describe hpa scaled')).toMatch(
      /resource cpu on pods {2}\(as a percentage of request\):\s+<unknown>/,
    )
  })

  it.each([
    ['quota some --hard=pods=99,services=99', 'quota', '{"hard":{"pods":"99","services":"99"}}'],
    [
      'poddisruptionbudget some --selector=app=x --min-available=50%',
      'pdb',
      '{"minAvailable":"50%","selector":{"matchLabels":{"app":"x"}}}',
    ],
    [
      'ingress some --rule=shop.example/*=web:80',
      'ingress',
      '{"rules":[{"host":"shop.example","http":{"paths":[{"backend":{"service":{"name":"web","port":{"number":80}}},"path":"/","pathType":"Prefix"}]}}]}',
    ],
  ])('create %s', async (command, kind, spec) => {
    await ok(`create ${command}`)
    expect(await ok(`get ${kind} some -o jsonpath={.spec}`)).toBe(spec)
  })

  it('create roles, their bindings, Services and CronJobs', async () => {
    await ok('create role reader --verb=get --verb=list --resource=pods')
    expect(await ok('get role reader -o jsonpath={.rules}')).toBe(
      '[{"apiGroups":[""],"resources":["pods"],"verbs":["get","list"]}]',
    )
    await ok('create rolebinding readers --role=reader --serviceaccount=default:robot')
    expect(await ok('get rolebinding readers -o wide')).toMatch(/^readers\s+Role\/reader\s+\d+s\s+default\/robot/m)
    await ok('create service clusterip plain --tcp=80:http')
    expect(await ok('get service plain -o jsonpath={.spec.ports[0].targetPort}')).toBe('http')
    await kubectl.ok('create', 'cronjob', 'nightly', '--image=registry.example/job:1', '--schedule=0 3 * * *')
    expect(await ok('get cronjob nightly')).toMatch(/^nightly\s+0 3 \* \* \*\s+<none>\s+False\s+0\s+<none>\s+\d+s$/m)
  })

  it('are told what is not there before what is not understood', async () => {
    expect((await run('create priorityclass high --value=10')).err).toContain(
      'the server could not find the requested resource',
    )
  })
})

describe('what is in the cluster', () => {
  it('nodes that report to somebody', async () => {
    expect(await ok('describe nodes')).toMatch(/HolderIdentity:\s+harbor-1-worker-1\n/)
  })

  it('endpoints with their addresses', async () => {
    await deployed('reached')
    await ok('expose deployment reached --port=80 --target-port=8080')
    const shown = () => ok('get endpoints reached --no-headers')
    await ok('wait --for=jsonpath={.subsets} endpoints/reached --timeout=10s')
    expect(await shown()).toMatch(/^reached\s+10\.[\d.]+:8080,10\.[\d.]+:8080\s+\d+s$/m)
  })
})

describe('what a sandbox cannot do', () => {
  it.each([
    ['exec deployment/limits -- ls', 'pods of the sandbox are made up: there is no exec'],
    ['port-forward deployment/limits 0:80', 'pods of the sandbox are made up: there is no portforward'],
    ['top pods', 'Metrics API not available'],
  ])('%s', async (command, says) => {
    if ((await run('get deployment limits')).code !== 0) await deployed('limits')
    expect(await run(command)).toMatchObject({ code: 1, err: expect.stringContaining(says) })
  })
})

describe('a Deployment goes back', () => {
  it('to the ReplicaSet it came from', async () => {
    await deployed('returns')
    await ok('set image deployment/returns web=registry.example/web:2')
    await ok('rollout status deployment/returns --timeout=15s')
    await ok('rollout undo deployment/returns')
    await ok('rollout status deployment/returns --timeout=15s')
    expect((await ok('get rs -l app=returns -o name')).trim().split('\n')).toHaveLength(2)
    const history = await ok('rollout history deployment/returns')
    expect(history.match(/^\d+/gm)).toEqual(['2', '3'])
  })
})
