#!/usr/bin/env bash
# A server of the MongoDB wire protocol on loopback, for tests only. MongoDB itself is in no package registry, so this is
# mongo-java-server; where the two differ, MongoDB is right. Needs a JDK and Maven.
#   mongo.sh start   builds what is missing, starts it, and prints its MONGODB_URI as the last line
#   mongo.sh stop
# Port: MONGO_TEST_PORT (default 27139). Files: SERVICES_FOLDER (default a folder below the temporary one).
set -euo pipefail
port=${MONGO_TEST_PORT:-27139}
home=${SERVICES_FOLDER:-${TMPDIR:-/tmp}/showrunner-test-services}/mongo
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/mongo-wire" && pwd)
pid_file=$home/$port.pid

is_running() { [[ -s $pid_file ]] && kill -0 "$(<"$pid_file")" 2>/dev/null; }
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }

install_java() {
  command -v javac >/dev/null && command -v mvn >/dev/null && return
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends default-jdk-headless maven
}

start() {
  is_running && return
  install_java
  mkdir -p "$home"
  mvn --quiet --batch-mode -f "$source/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$home/jars"
  javac -cp "$home/jars/*" -d "$home/classes" "$source/TestMongo.java"
  rm -f "$home/$port".mv*
  nohup java -Xmx512m -cp "$home/classes:$home/jars/*" TestMongo "$port" "$home/$port.mv" >"$home/$port.log" 2>&1 </dev/null &
  echo $! >"$pid_file"
  for _ in $(seq 300); do
    answers && return
    sleep 0.1
  done
  echo "the MongoDB test server did not start; see $home/$port.log" >&2
  exit 1
}

case ${1:-} in
  start)
    start >&2
    echo "MONGODB_URI=mongodb://127.0.0.1:$port/showrunner"
    ;;
  stop) is_running && kill "$(<"$pid_file")" && rm -f "$pid_file" ;;
  *)
    sed -n '2,6p' "$0"
    exit 2
    ;;
esac
