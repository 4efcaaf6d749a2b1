/** The cookie that remembers a narrow rail; the server reads it, so that the first frame is right. */
export const RAIL_COOKIE = 'bitcohort-rail'
