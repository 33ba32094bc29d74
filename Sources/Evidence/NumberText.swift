internal import Glibc

/// A number as a sentence prints it: rounded to some decimals, a comma between thousands.
func plain(_ value: Double, decimals: Int = 0) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let whole = Int64((abs(value) * scale).rounded())
  var digits = String(whole)
  if digits.count <= decimals { digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits }
  var head = Array(digits.dropLast(decimals))
  var place = head.count - 3
  while place > 0 {
    head.insert(",", at: place)
    place -= 3
  }
  let tail = decimals > 0 ? "." + digits.suffix(decimals) : ""
  return (value < 0 && whole != 0 ? "-" : "") + String(head) + tail
}

/// A share as percent, without decimals: `0.253` is `25 %`.
func percent(_ share: Double) -> String { "\(plain(share * 100)) %" }

/// `1 day`, `3 days`.
func counted(_ count: Int, _ noun: String) -> String { "\(plain(Double(count))) \(noun)\(count == 1 ? "" : "s")" }

/// Eight-point name of a bearing in degrees clockwise from north.
func compassName(_ bearingDegrees: Double) -> String {
  let names = ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"]
  return names[Int((bearingDegrees / 45).rounded()) % 8]
}
