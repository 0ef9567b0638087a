// Asks a server whether it serves: grpc.health.v1 over gRPC, or a path over HTTP/1.1.
import { callHeaders } from '../driver/header-block.ts';
import { Http1Link } from '../driver/http1-link.ts';
import { Http2Link } from '../driver/http2-link.ts';
import { type Address, openSocket } from '../driver/socket-input.ts';
import { frameMessage } from '../workload/prepared-call.ts';
import { WireScan } from '../workload/wire-scan.ts';

const HEALTH = callHeaders('/grpc.health.v1.Health/Check', 'localhost');
/** HealthCheckRequest for the server as a whole. */
const WHOLE = frameMessage(new Uint8Array(0));
const SERVING = 1;

/** HealthCheckResponse.status = 1. Rejects while nothing listens. */
export async function isServing(address: Address): Promise<boolean> {
  const socket = await openSocket(address);
  return new Promise((resolve) => {
    let serves = false;
    const finish = () => {
      link.close();
      resolve(serves);
    };
    const link = new Http2Link(socket, HEALTH, {
      onMessage(_, bytes, start, end) {
        const scan = new WireScan(bytes, start, end);
        serves = scan.next() === 1 && scan.varint() === SERVING;
      },
      onEnd: finish,
      onLost: finish,
    });
    link.send(link.begin(0), WHOLE, true);
    link.flush();
  });
}

/** Whether this path answers 200. Rejects while nothing listens. */
export function answersOk(path: string): (address: Address) => Promise<boolean> {
  return async (address) => {
    const socket = await openSocket(address);
    return new Promise((resolve) => {
      const link = new Http1Link(socket, {
        onAnswer(status) {
          link.close();
          resolve(status === 200);
        },
        onLost: () => resolve(false),
      });
      link.send(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`));
    });
  };
}
