# docker build -t procpool .
# docker run --rm -p 127.0.0.1:8080:8080 -v "$PWD/functions:/srv/procpool/functions:ro" -e PROCPOOL_SECURITY_INSECURE=true procpool
#
# Inside a container the service has to listen on every address, and on any address but loopback it refuses to start
# without keys. Until there are keys it takes PROCPOOL_SECURITY_INSECURE=true, said at run time by whoever publishes the
# port, and never here: an image that is open by default would be found.

FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY mvnw pom.xml ./
COPY .mvn .mvn
COPY src src
RUN ./mvnw -B -ntp -q -DskipTests package

FROM eclipse-temurin:25-jre
# python3 runs the workers. tini is process 1: a JVM in its place would never reap what a killed worker leaves behind.
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/procpool --shell /usr/sbin/nologin procpool \
    && install -d -o procpool -g procpool -m 0700 /var/lib/procpool \
    && install -d -o procpool -g procpool /srv/procpool /srv/procpool/functions
WORKDIR /srv/procpool
COPY LICENSE ./
COPY --from=build /src/target/procpool-0.1.0.jar ./procpool.jar
ENV SERVER_ADDRESS=0.0.0.0
ENV PROCPOOL_HOME=/var/lib/procpool
VOLUME /var/lib/procpool
EXPOSE 8080
USER procpool
# The readiness probe answers once a worker has answered. python3 asks, so the image needs no curl.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python3", "-I", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('SERVER_PORT', '8080') + '/actuator/health/readiness', timeout=4)"]
ENTRYPOINT ["tini", "--", "java", "-jar", "/srv/procpool/procpool.jar"]
