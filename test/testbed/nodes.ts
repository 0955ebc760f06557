/** The nodes of a test bed's cluster. */
export const nodesOf = (context: string): readonly string[] => [1, 2, 3].map((ordinal) => `${context}-node-${ordinal}`)

/** The one whose kubelet forwards ports (`cluster-network.ts`); the others have none. */
export const forwardingNodeOf = (context: string): string => `${context}-node-3`
