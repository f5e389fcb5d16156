// Makes a screenshot small: at most 256 colours, which a console has hardly more of. Reads and writes PNG (ISO/IEC 15948) as far as a browser writes it:
// eight bits, RGB or RGBA, not interlaced.
import { deflateSync, inflateSync } from "node:zlib";

const MARK = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const CRC = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; ++k) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function crc(bytes) {
  let c = 0xffffffff;
  for (const byte of bytes) c = CRC[(c ^ byte) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, "ascii");
  data.copy(out, 8);
  out.writeUInt32BE(crc(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

function pixels(png) {
  let at = 8, width = 0, height = 0, size = 0;
  const parts = [];
  while (at < png.length) {
    const length = png.readUInt32BE(at), type = png.toString("ascii", at + 4, at + 8), data = png.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") {
      width = data.readUInt32BE(0);
      height = data.readUInt32BE(4);
      size = data[9] === 6 ? 4 : 3;
    } else if (type === "IDAT") parts.push(data);
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(parts)), stride = width * size, out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; ++y) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; ++x) {
      const left = x >= size ? out[y * stride + x - size] : 0, up = y > 0 ? out[(y - 1) * stride + x] : 0, corner = x >= size && y > 0 ? out[(y - 1) * stride + x - size] : 0;
      const guess = left + up - corner;
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
      const add = [0, left, up, (left + up) >> 1, a <= b && a <= c ? left : b <= c ? up : corner][filter];
      out[y * stride + x] = raw[y * (stride + 1) + 1 + x] + add;
    }
  }
  return { width, height, size, data: out };
}

export function smaller(png) {
  const { width, height, size, data } = pixels(png);
  // Colours that differ little count as one: text is drawn with many shades.
  const key = (at) => ((data[at] & 0xf8) << 16) | ((data[at + 1] & 0xf8) << 8) | (data[at + 2] & 0xf8);
  const seen = new Map();
  for (let at = 0; at < data.length; at += size) {
    const one = key(at), known = seen.get(one);
    if (known) known.count += 1;
    else seen.set(one, { count: 1, rgb: [data[at], data[at + 1], data[at + 2]] });
  }
  const palette = [...seen].sort((a, b) => b[1].count - a[1].count).slice(0, 128).map(([, one]) => one.rgb);
  const nearest = new Map();
  const find = (at) => {
    const one = key(at);
    if (!nearest.has(one)) {
      let best = 0, least = Infinity;
      for (const [index, [r, g, b]] of palette.entries()) {
        const far = (r - data[at]) ** 2 + (g - data[at + 1]) ** 2 + (b - data[at + 2]) ** 2;
        if (far < least) [best, least] = [index, far];
      }
      nearest.set(one, best);
    }
    return nearest.get(one);
  };
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; ++y) for (let x = 0; x < width; ++x) rows[y * (width + 1) + 1 + x] = find((y * width + x) * size);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([MARK, chunk("IHDR", head), chunk("PLTE", Buffer.from(palette.flat())), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}
