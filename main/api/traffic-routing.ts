/** `spec.strategy.canary.trafficRouting`: who splits requests by weight, with what each router is told. */
export interface TrafficRouting {
  readonly istio?: IstioRouting
  readonly nginx?: NginxRouting
  readonly alb?: AlbRouting
  readonly smi?: SmiRouting
  readonly ambassador?: { readonly mappings?: readonly string[] }
  readonly appMesh?: AppMeshRouting
  readonly traefik?: { readonly weightedTraefikServiceName?: string }
  readonly apisix?: { readonly route?: { readonly name?: string; readonly rules?: readonly string[] } }
  /** By the name of the plugin; free JSON. */
  readonly plugins?: Readonly<Record<string, unknown>>
  readonly maxTrafficWeight?: number
  readonly managedRoutes?: readonly { readonly name: string }[]
}

export interface IstioRouting {
  readonly virtualService?: IstioVirtualServiceRef
  readonly virtualServices?: readonly IstioVirtualServiceRef[]
  readonly destinationRule?: {
    readonly name?: string
    readonly canarySubsetName?: string
    readonly stableSubsetName?: string
    readonly additionalSubsetNames?: readonly string[]
  }
}

export interface IstioVirtualServiceRef {
  readonly name?: string
  readonly routes?: readonly string[]
  readonly tlsRoutes?: readonly { readonly port?: number; readonly sniHosts?: readonly string[] }[]
  readonly tcpRoutes?: readonly { readonly port?: number }[]
}

export interface NginxRouting {
  readonly stableIngress?: string
  readonly stableIngresses?: readonly string[]
  readonly annotationPrefix?: string
  readonly additionalIngressAnnotations?: Readonly<Record<string, string>>
  readonly canaryIngressAnnotations?: Readonly<Record<string, string>>
}

export interface AlbRouting {
  readonly ingress?: string
  readonly ingresses?: readonly string[]
  readonly servicePort?: number
  readonly rootService?: string
  readonly annotationPrefix?: string
  readonly stickinessConfig?: { readonly enabled?: boolean; readonly durationSeconds?: number }
}

export interface SmiRouting {
  readonly rootService?: string
  readonly trafficSplitName?: string
}

export interface AppMeshRouting {
  readonly virtualService?: { readonly name?: string; readonly routes?: readonly string[] }
  readonly virtualNodeGroup?: {
    readonly canaryVirtualNodeRef?: { readonly name?: string }
    readonly stableVirtualNodeRef?: { readonly name?: string }
  }
}
