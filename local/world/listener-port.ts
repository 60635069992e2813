/** Port of the load balancer's listener in the templates. */
export const listenerPort = 80;
