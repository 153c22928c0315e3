/**
 * Spheres as squares that face the camera: the fragment shader gives them their shape, shade and depth (orthographic
 * view), so that 10^5 atoms cost 10^5 squares. Solid ones are drawn first, translucent ones after them.
 */
import * as THREE from 'three';
import type { Balls } from './balls.ts';

const vertex = /* glsl */ `
in vec3 centre;
in vec4 tint;
in float radius;
uniform float solid;
out vec2 corner;
out vec4 color;
out float reach;
out float far;
void main() {
  bool opaque = tint.a > 0.99;
  corner = position.xy * 1.08;
  color = tint;
  vec4 eye = modelViewMatrix * vec4(centre, 1.0);
  eye.xy += corner * radius;
  gl_Position = projectionMatrix * eye;
  reach = radius * projectionMatrix[2][2];
  far = gl_Position.z;
  if (opaque != (solid > 0.5) || tint.a <= 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}`;

const fragment = /* glsl */ `
precision highp float;
in vec2 corner;
in vec4 color;
in float reach;
in float far;
uniform float solid;
uniform vec3 ground;
out vec4 pixel;
void main() {
  float r = length(corner);
  float edge = fwidth(r);
  float cover = 1.0 - smoothstep(1.0 - edge, 1.0 + edge, r);
  if (cover <= 0.0) discard;
  float nz = sqrt(max(0.0, 1.0 - r * r));
  vec3 n = vec3(corner, nz);
  float light = 0.36 + 0.58 * max(0.0, dot(n, normalize(vec3(-0.45, 0.62, 0.72)))) + 0.1 * nz;
  float shine = 0.5 * pow(max(0.0, dot(n, normalize(vec3(-0.3, 0.45, 0.9)))), 42.0);
  float depth = far + reach * nz;
  float fog = clamp(0.5 * depth + 0.5, 0.0, 1.0);
  if (solid > 0.5) {
    pixel = vec4(mix(mix(color.rgb * min(1.0, light), vec3(1.0), shine), ground, 0.42 * fog * fog), cover);
  } else {
    float rim = pow(1.0 - nz, 1.6);
    float body = color.a > 0.5 ? 0.1 + 0.9 * rim : color.a * (0.45 + 1.1 * rim);
    pixel = vec4(color.rgb * 0.92 * min(1.0, 0.74 + 0.26 * light) + 0.08, cover * body * (1.0 - 0.45 * fog * fog));
  }
  gl_FragDepth = 0.5 * depth + 0.5;
}`;

export interface Spheres {
  objects: THREE.Object3D[];
  /** What was written is sent. */
  update(balls: Balls): void;
  ground(color: THREE.Color): void;
}

export function createSpheres(): Spheres {
  const geometry = new THREE.InstancedBufferGeometry();
  geometry.setAttribute(
    'position',
    new THREE.BufferAttribute(new Float32Array([-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0]), 3),
  );
  geometry.setIndex([0, 1, 2, 0, 2, 3]);
  const ground = { value: new THREE.Color() };
  const material = (solid: boolean) =>
    new THREE.ShaderMaterial({
      glslVersion: THREE.GLSL3,
      vertexShader: vertex,
      fragmentShader: fragment,
      uniforms: { solid: { value: solid ? 1 : 0 }, ground },
      transparent: !solid,
      depthWrite: solid,
      alphaToCoverage: solid,
    });
  const meshes = [true, false].map((solid) => {
    const mesh = new THREE.Mesh(geometry, material(solid));
    mesh.frustumCulled = false;
    mesh.renderOrder = solid ? 0 : 2;
    return mesh;
  });
  let room = new Float32Array();
  return {
    objects: meshes,
    update({ count, centres, tints, radii }) {
      geometry.instanceCount = count;
      if (room !== centres) {
        room = centres as Float32Array<ArrayBuffer>;
        geometry.dispose();
        geometry.setAttribute('centre', new THREE.InstancedBufferAttribute(centres, 3));
        geometry.setAttribute('tint', new THREE.InstancedBufferAttribute(tints, 4, true));
        geometry.setAttribute('radius', new THREE.InstancedBufferAttribute(radii, 1));
      }
      for (const name of ['centre', 'tint', 'radius']) geometry.getAttribute(name).needsUpdate = true;
    },
    ground: (color) => ground.value.copy(color),
  };
}
