/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  experimental: { strictRouteTypes: true },
  serverExternalPackages: ['ioredis', 'pino'],
}
