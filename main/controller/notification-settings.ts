import type { KubeObject } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import { type Configuration, parseConfiguration } from '#engine/notifications/configuration.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { ClusterClient, Reflector } from '#main/cluster/client.ts'
import { createReflector } from '#main/cluster/reflector.ts'

export const configMapName = 'argo-rollouts-notification-configmap'
export const secretName = 'argo-rollouts-notification-secret'

export interface NotificationSettingsOptions {
  readonly client: ClusterClient
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
  readonly namespace: string
  /** Something else may have to be said now. */
  readonly onChange: () => void
}

/**
 * The configuration of notifications, followed by name while the engine drives (OPS-51, OPS-145): one list and one watch, and those of
 * the Secret only once there is a ConfigMap. What cannot be read, or cannot be understood, is no configuration.
 */
export class NotificationSettings {
  readonly #options: NotificationSettingsOptions
  readonly #configMap: Reflector
  readonly #secret: Reflector
  #isFollowing = false
  #configuration: Configuration | undefined
  /** What it was made of; the log tells each fault once. */
  #source = ''
  #isKnown = false
  #waiting: (() => void)[] = []

  constructor(options: NotificationSettingsOptions) {
    this.#options = options
    const follow = (resource: Resource, name: string) => {
      const { client, clock, random, log, namespace } = options
      const scope = { namespace, fieldSelector: `metadata.name=${name}` }
      const reflector = createReflector({ client, resource, scope, clock, random, log })
      reflector.onChange((change) => {
        if (change.kind === 'state' && change.state.state === 'stale' && !this.#isKnown)
          log('warn', 'notifications are not configured', { reads: name, failure: change.state.failure })
        this.#read()
      })
      return reflector
    }
    this.#configMap = follow(resources.configMaps, configMapName)
    this.#secret = follow(resources.secrets, secretName)
  }

  /** As it is now; `undefined` while there is none, or none that can be used. */
  get configuration(): Configuration | undefined {
    return this.#configuration
  }

  /** False until it was looked for. */
  get isKnown(): boolean {
    return this.#isKnown
  }

  /** Resolves once it is known whether there is one, or when nobody follows it any more. */
  known(): Promise<void> {
    if (this.#isKnown || !this.#isFollowing) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  follow(): void {
    if (this.#isFollowing) return
    this.#isFollowing = true
    this.#configMap.start()
    // What was read before is as good as it was.
    this.#read()
  }

  /** What is known stays, for what is still under way. */
  leave(): void {
    this.#isFollowing = false
    this.#configMap.stop()
    this.#secret.stop()
    this.#settle(false)
  }

  #read(): void {
    if (!this.#isFollowing) return
    const [configMap] = this.#configMap.objects.values()
    if (this.#configMap.state.state === 'listing') return
    if (configMap === undefined) {
      this.#secret.stop()
      if (this.#source !== 'none') this.#use(undefined, 'none')
      this.#settle(true)
      return
    }
    this.#secret.start()
    // Without the Secret's values a credential would be taken literally.
    if (this.#secret.state.state !== 'live') {
      if (this.#secret.state.state === 'stale') this.#settle(true)
      return
    }
    const [secret] = this.#secret.objects.values()
    const versions = [configMap, secret].map((each) => each?.metadata.resourceVersion ?? '')
    const source = versions.join(' ')
    if (source === this.#source) {
      this.#settle(true)
      return
    }
    this.#use(this.#parse(configMap, secret), source)
  }

  #parse(configMap: KubeObject, secret: KubeObject | undefined): Configuration | undefined {
    const { log } = this.#options
    const { data = {} } = configMap as KubeObject & { readonly data?: Readonly<Record<string, string>> }
    const { data: encoded = {} } = (secret ?? {}) as { readonly data?: Readonly<Record<string, string>> }
    const secrets = Object.entries(encoded).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')])
    const parsed = parseConfiguration(data, Object.fromEntries(secrets))
    if (!parsed.ok) {
      log('error', 'notifications are switched off: their configuration is wrong', {
        reads: configMapName,
        cause: parsed.error,
      })
      return undefined
    }
    for (const notice of new Set(parsed.value.notices)) log('warn', 'in the configuration of notifications', { notice })
    return parsed.value
  }

  #use(configuration: Configuration | undefined, source: string): void {
    this.#configuration = configuration
    this.#source = source
    this.#settle(true)
    this.#options.onChange()
  }

  #settle(isKnown: boolean): void {
    this.#isKnown = isKnown
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
