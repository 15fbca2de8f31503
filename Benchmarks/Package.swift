// swift-tools-version: 6.1
import PackageDescription

/// One benchmark executable below Benchmarks/.
func benchmark(_ name: String) -> Target {
  .executableTarget(
    name: name,
    dependencies: [
      "Measuring",
      .product(name: "Benchmark", package: "benchmark"),
      .product(name: "PFSim", package: "pfsim"),
    ],
    path: "Benchmarks/\(name)",
    plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}

let package = Package(
  name: "pfsim-benchmarks",
  platforms: [.macOS(.v13)],
  dependencies: [
    .package(name: "pfsim", path: "../"),
    .package(url: "https://github.com/ordo-one/benchmark.git", from: "1.38.1", traits: []),
  ],
  targets: [
    .target(
      name: "CYardstick", path: "Sources/CYardstick", cSettings: [.unsafeFlags(["-O3"])]),
    .executableTarget(
      name: "yardstick",
      dependencies: ["CYardstick", .product(name: "PFSim", package: "pfsim")],
      path: "Sources/Yardstick"),
    .executableTarget(name: "curves", path: "Sources/Curves"),
    .target(
      name: "Measuring", dependencies: [.product(name: "Benchmark", package: "benchmark")],
      path: "Sources/Measuring"),
    benchmark("Parsing"),
    benchmark("RuleEvaluation"),
    benchmark("StateTable"),
    benchmark("Tables"),
    benchmark("Replay"),
  ],
  swiftLanguageModes: [.v6]
)
