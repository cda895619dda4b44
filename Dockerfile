# petrel as a container image.
#
#   docker build -t petrel .
#   docker run --rm -p 1053:53/udp -p 1053:53/tcp petrel serve --upstream 1.1.1.1 --listen 0.0.0.0:53
#
# It runs as the user `node`. To bind port 53 the Node.js binary carries the file capability NET_BIND_SERVICE. Where file
# capabilities have no effect (`allowPrivilegeEscalation: false`, no_new_privs), only ports from 1024 up work, unless the
# runtime lowers net.ipv4.ip_unprivileged_port_start.

FROM node:26-slim AS build
# For the native UDP addon. Without a compiler the image would work over node:dgram.
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev
WORKDIR /petrel
COPY package.json package-lock.json ./
COPY toolchain/package.json toolchain/
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY src src
COPY scripts/build-js.js scripts/
RUN npm run build:js
COPY native native
COPY scripts/build-native.js scripts/
RUN npm run build:native
# Without the workspace `toolchain`: the image has its own Node.js.
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund --workspaces=false

FROM node:26-slim
RUN apt-get update \
	&& apt-get install -y --no-install-recommends libcap2-bin \
	&& setcap cap_net_bind_service=+ep "$(readlink -f "$(command -v node)")" \
	&& apt-get purge -y --auto-remove libcap2-bin \
	&& rm -rf /var/lib/apt/lists/*
WORKDIR /petrel
COPY --from=build /petrel/package.json ./
COPY --from=build /petrel/node_modules node_modules
COPY --from=build /petrel/dist dist
COPY --from=build /petrel/native/build/Release native/build/Release
COPY bin bin
COPY examples examples
USER node
EXPOSE 53/udp 53/tcp
ENTRYPOINT ["node", "bin/petrel.js"]
CMD ["serve", "/etc/petrel/Corefile"]
