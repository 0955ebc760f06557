import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { systemClock } from '#main/system-clock.ts'
import { aKubectl, type Kubectl } from '#test/support/kubectl.ts'
import { aSandbox, type Sandbox } from '#test/support/sandbox.ts'
import { until } from '#test/support/until.ts'

/* One session, as a person has it: each test works on objects of its own. Real time, pods twenty times as fast. */

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
const lines = (text: string) => text.trim().split('\n')

const manifest = (name: string, replicas = 3) => `
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: ${name}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: main, image: registry.example/demo:blue}]}
  strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}]}}
`
const aFile = (name: string, replicas?: number) => kubectl.file(`${name}.yaml`, manifest(name, replicas))
const applied = async (name: string) => void (await kubectl.ok('apply', '-f', aFile(name)))
const get = (name: string, path: string) => ok(`get rollout ${name} -o jsonpath={${path}}`)

async function deployed(name: string, replicas = 2): Promise<void> {
  await ok(`create deployment ${name} --image=registry.example/web:1 --replicas=${replicas}`)
  await ok(`rollout status deployment/${name} --timeout=15s`)
}

describe('asks', () => {
  it('version, health and what is served', async () => {
    expect(await ok('version')).toMatch(/Server Version: v1\.34/)
    expect(await ok('get --raw /readyz')).toBe('ok')
    const kinds = await ok('api-resources --no-headers')
    expect(kinds).toMatch(/^rollouts\s+ro\s+argoproj\.io\/v1alpha1\s+true\s+Rollout$/m)
    expect(kinds).toMatch(/^replicasets\s+rs\s+apps\/v1\s+true\s+ReplicaSet$/m)
    expect(await ok('api-versions')).toContain('coordination.k8s.io/v1\n')
  })

  it('tables of several kinds in all namespaces', async () => {
    await applied('tables')
    await deployed('tables-web')
    const shown = await ok('get rollouts,rs,pods -A')
    expect(shown).toMatch(/^NAMESPACE\s+NAME\s+DESIRED\s+CURRENT\s+UP-TO-DATE\s+AVAILABLE\s+AGE$/m)
    expect(shown).toMatch(/^default\s+rollout\.argoproj\.io\/tables\s+3\s+\d+s$/m)
    expect(shown).toMatch(/^NAMESPACE\s+NAME\s+DESIRED\s+CURRENT\s+READY\s+AGE$/m)
    expect(shown).toMatch(/^default\s+pod\/tables-web-\S+\s+1\/1\s+Running\s+0\s+\d+s$/m)
    expect(await ok('get deploy tables-web -o wide')).toMatch(/web:1\s+app=tables-web$/m)
    expect(lines(await ok('get pods -l app=tables-web -o name'))).toHaveLength(2)
    expect(lines(await ok('get pods -l app=tables-web --chunk-size=1 --no-headers'))).toHaveLength(2)
  })

  it('YAML, JSON and description', async () => {
    await applied('formats')
    expect(await ok('get rollout formats -o yaml')).toContain('      - setWeight: 20\n      - pause: {}\n')
    expect(JSON.parse(await ok('get rollout formats -o json'))).toMatchObject({
      kind: 'Rollout',
      metadata: { name: 'formats', namespace: 'default', generation: 1 },
    })
    expect(await ok('describe rollout formats')).toMatch(/Set Weight:\s+20/)
  })

  it('logs of a pod', async () => {
    await deployed('talks', 1)
    expect(await ok('logs deployment/talks')).toMatch(/^\d{4}-\d\d-\d\dT\S+ \S/)
    expect(lines(await ok('logs deployment/talks --tail=1'))).toHaveLength(1)
    expect(await ok('describe deployment talks')).toContain('1 desired | 1 updated | 1 total | 1 available')
  })

  it('explains fields and tells rights', async () => {
    expect(await ok('explain rollout.spec.replicas')).toMatch(/FIELD: replicas <integer>/)
    expect(await ok('explain deployment.spec.paused')).toMatch(/FIELD: paused <boolean>/)
    expect(await ok('auth can-i patch rollouts --subresource=status')).toBe('yes\n')
    expect(await ok('auth whoami')).toContain('sandbox-admin')
  })
})

describe('writes', () => {
  it('applies: created, unchanged, configured', async () => {
    const file = aFile('applied')
    expect(await kubectl.ok('apply', '-f', file)).toBe('rollout.argoproj.io/applied created\n')
    expect(await kubectl.ok('apply', '-f', file)).toBe('rollout.argoproj.io/applied unchanged\n')
    expect(await kubectl.ok('apply', '-f', aFile('applied', 4))).toBe('rollout.argoproj.io/applied configured\n')
    expect(await get('applied', '.spec.replicas')).toBe('4')
  })

  it('shows what an apply would change', async () => {
    await applied('differs')
    const { code, out } = await kubectl.run(['diff', '-f', aFile('differs', 7)])
    expect(code).toBe(1)
    expect(out).toContain('-  replicas: 3\n+  replicas: 7\n')
    expect(await get('differs', '.spec.replicas')).toBe('3')
  })

  it('applies on the server, and is refused what another manager owns until it forces', async () => {
    await kubectl.ok('apply', '--server-side', '-f', aFile('shared'))
    const second = ['apply', '--server-side', '--field-manager=ci', '-f', aFile('shared', 5)]
    const { code, err } = await kubectl.run(second)
    expect(code).toBe(1)
    expect(err).toContain('Apply failed with 1 conflict: conflict with "kubectl": .spec.replicas')
    expect(await kubectl.ok(...second, '--force-conflicts')).toBe('rollout.argoproj.io/shared serverside-applied\n')
    expect(await get('shared', '.spec.replicas')).toBe('5')
  })

  it('edits in an editor', async () => {
    await applied('edited')
    const editor = kubectl.file('editor.sh', '#!/bin/sh\nsed -i "s/replicas: 3/replicas: 8/" "$1"\n', 0o700)
    const { code, out } = await kubectl.run(['edit', 'rollout', 'edited'], { EDITOR: editor })
    expect({ code, out }).toEqual({ code: 0, out: 'rollout.argoproj.io/edited edited\n' })
    expect(await get('edited', '.spec.replicas')).toBe('8')
  })

  it('patches in three languages, the strategic one for built-in kinds only', async () => {
    await applied('patched')
    await deployed('patched-web', 1)
    await ok('patch rollout patched --type=json -p [{"op":"replace","path":"/spec/replicas","value":2}]')
    await ok('patch rollout patched --type=merge -p {"spec":{"paused":true}}')
    expect(await get('patched', '.spec.replicas')).toBe('2')
    expect(await get('patched', '.spec.paused')).toBe('true')
    const env = '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"A","value":"b"}]}]}}}}'
    await kubectl.ok('patch', 'deployment', 'patched-web', '--type=strategic', '-p', env)
    const containers = await ok('get deployment patched-web -o jsonpath={.spec.template.spec.containers}')
    expect(JSON.parse(containers)).toMatchObject([
      { image: 'registry.example/web:1', env: [{ name: 'A', value: 'b' }] },
    ])
    const refused = await run('patch rollout patched --type=strategic -p {"spec":{"paused":false}}')
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringContaining('strategic-merge-patch+json is not supported'),
    })
  })

  it('ACT-2: patches the status alone, without a new generation', async () => {
    await applied('status')
    await ok(
      'patch rollout status --subresource=status --type=merge -p {"status":{"abort":true},"spec":{"replicas":9}}',
    )
    expect(await get('status', '.status.abort')).toBe('true')
    expect(await get('status', '.spec.replicas')).toBe('3')
    expect(await get('status', '.metadata.generation')).toBe('1')
  })

  it('scales, labels and annotates', async () => {
    await applied('scaled')
    expect(await ok('scale rollout scaled --replicas=6')).toBe('rollout.argoproj.io/scaled scaled\n')
    expect(await get('scaled', '.spec.replicas')).toBe('6')
    expect((await run('scale rollout scaled --current-replicas=1 --replicas=2')).err).toContain(
      'Expected replicas to be 1, was 6',
    )
    await ok('label rollout scaled tier=gold')
    await ok('annotate rollout scaled note=hello')
    expect(lines(await ok('get rollouts -l tier=gold -o name'))).toEqual(['rollout.argoproj.io/scaled'])
    expect((await run('label rollout scaled tier=tin')).err).toContain('already has a value (gold)')
  })

  it('rolls a Deployment out, back and out again', async () => {
    await deployed('rolled')
    await ok('set image deployment/rolled web=registry.example/web:2')
    expect(await ok('rollout status deployment/rolled --timeout=15s')).toContain('successfully rolled out')
    expect(await ok('wait --for=condition=Available deployment/rolled --timeout=10s')).toContain('condition met')
    expect(lines(await ok('rollout history deployment/rolled')).slice(2)).toHaveLength(2)
    await ok('rollout undo deployment/rolled')
    expect(await ok('get deployment rolled -o jsonpath={.spec.template.spec.containers[0].image}')).toBe(
      'registry.example/web:1',
    )
    await ok('rollout restart deployment/rolled')
    await ok('rollout pause deployment/rolled')
    await ok('rollout resume deployment/rolled')
  })
})

describe('follows and deletes', () => {
  it('watches', async () => {
    await applied('watched')
    const watch = kubectl.start(['get', 'rollout', 'watched', '--watch', '--no-headers'])
    await until('the first row', () => lines(watch.printed()).length === 1 && watch.printed() !== '')
    await ok('scale rollout watched --replicas=9')
    await until('the second row', () => lines(watch.printed()).length === 2)
    watch.stop()
    expect(lines(watch.printed()).map((line) => line.split(/\s+/).slice(0, 2))).toEqual([
      ['watched', '3'],
      ['watched', '9'],
    ])
  })

  it('waits until an object is gone', async () => {
    await deployed('doomed')
    const [pod = ''] = lines(await ok('get pods -l app=doomed -o name'))
    expect(await kubectl.ok('delete', pod, '--wait')).toMatch(/deleted/)
    expect((await kubectl.run(['get', pod])).err).toContain('(NotFound)')
  })

  it.each([
    ['background', 0],
    ['foreground', 0],
    ['orphan', 2],
  ])('deletes with --cascade=%s', async (cascade, left) => {
    const name = `tree-${cascade}`
    await deployed(name)
    await kubectl.ok('delete', 'deployment', name, `--cascade=${cascade}`)
    const pods = () => sandbox.cluster.store.list(resources.pods, 'default')
    const mine = () => pods().filter((pod) => pod.metadata.labels?.['app'] === name && !pod.metadata.deletionTimestamp)
    await until(`${left} pods left`, () => mine().length === left)
    expect((await run(`get deployment ${name}`)).code).toBe(1)
  })
})

describe('is refused, in the words of Kubernetes', () => {
  it('what is not there, or there already', async () => {
    await applied('taken')
    expect((await run('get rollout nope')).err).toBe(
      'Error from server (NotFound): rollouts.argoproj.io "nope" not found\n',
    )
    expect((await run('get widgets')).err).toContain('the server doesn\'t have a resource type "widgets"')
    expect((await kubectl.run(['create', '-f', aFile('taken')])).err).toContain(
      'rollouts.argoproj.io "taken" already exists',
    )
  })

  it('unknown fields: an error by default, a warning, or nothing', async () => {
    const configMap = (name: string) =>
      kubectl.file('typo.yaml', `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndatta: {a: b}\n`)
    const strict = await kubectl.run(['create', '-f', configMap('typo')])
    expect(strict).toMatchObject({
      code: 1,
      err: expect.stringContaining('strict decoding error: unknown field "datta"'),
    })
    const warned = await kubectl.run(['create', '--validate=warn', '-f', configMap('typo')])
    expect(warned).toMatchObject({ code: 0, err: 'Warning: unknown field "datta"\n' })
    expect(await ok('get configmap typo -o yaml')).not.toContain('datta')
    const silent = await kubectl.run(['create', '--validate=false', '-f', configMap('typo-2')])
    expect(silent).toMatchObject({ code: 0, err: '' })
  })

  it('values of the wrong type, and bad names', async () => {
    await applied('typed')
    expect((await run('patch rollout typed --type=merge -p {"spec":{"replicas":"many"}}')).err).toContain(
      'The Rollout "typed" is invalid: spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"',
    )
    const named = await run('create configmap Big_Name')
    expect(named.err).toContain('a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters')
  })

  it('a write that was decided on an old version', async () => {
    await applied('moved')
    const old = kubectl.file('old.yaml', await ok('get rollout moved -o yaml'))
    await ok('annotate rollout moved x=y')
    expect((await kubectl.run(['replace', '-f', old])).err).toContain(
      'Operation cannot be fulfilled on rollouts.argoproj.io "moved": the object has been modified; please apply your changes to the latest version and try again',
    )
  })
})
