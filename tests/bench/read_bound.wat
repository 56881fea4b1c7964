;; The memory bound: read `len` bytes (a multiple of 64) at `ptr` with four 16-byte loads per turn and do next to
;; nothing with them. A scan cannot be faster than this over the same bytes.
(module
  (memory (export "memory") 2048)
  (func (export "read") (param $ptr i32) (param $len i32) (result i32)
    (local $end i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $end (i32.add (local.get $ptr) (local.get $len)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $ptr) (local.get $end)))
        (local.set $a (v128.xor (local.get $a) (v128.load (local.get $ptr))))
        (local.set $b (v128.xor (local.get $b) (v128.load offset=16 (local.get $ptr))))
        (local.set $c (v128.xor (local.get $c) (v128.load offset=32 (local.get $ptr))))
        (local.set $d (v128.xor (local.get $d) (v128.load offset=48 (local.get $ptr))))
        (local.set $ptr (i32.add (local.get $ptr) (i32.const 64)))
        (br $next)))
    (i32x4.extract_lane 0
      (v128.xor (v128.xor (local.get $a) (local.get $b)) (v128.xor (local.get $c) (local.get $d))))))
