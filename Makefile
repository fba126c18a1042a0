# The only entry point: `make help` lists what there is. Recipes call scripts; the work is done there.
STACK ?= dev
PORT ?=
FILE ?=
URL ?=

RUN := tools/setup.sh node --require @swc-node/register
DRIVER := $(RUN) local/run.ts
CLUSTER := $(RUN) local/cluster/run.ts
OPTIONS = --stack "$(STACK)" $(if $(PORT),--port "$(PORT)") $(if $(FILE),--file "$(FILE)")

.DEFAULT_GOAL := help
.PHONY: help setup up preview refresh destroy url status export cluster cluster-down cluster-status
.PHONY: test test-matrix test-cluster test-parity test-integration ci lint format bench soak fuzz clean reset

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo "Variables: STACK=dev|prod (default dev), PORT=<loopback port of the API>, FILE=<where export writes>, URL=<of a deployed API>"

setup: ## Get Node.js, the packages and the Pulumi CLI, where they are missing
	@$(DRIVER) setup

up: ## Deploy the stack to the emulated cloud, policies on, and serve the API
	@$(DRIVER) up $(OPTIONS)

preview: ## Show what `make up` would change
	@$(DRIVER) preview $(OPTIONS)

refresh: ## Read the emulated cloud into the state, so that drift shows
	@$(DRIVER) refresh $(OPTIONS)

destroy: ## Delete everything, and prove that nothing is left
	@$(DRIVER) destroy $(OPTIONS)

url: ## Print the API's URL
	@$(DRIVER) url $(OPTIONS)

status: ## Print what the stack and its emulated cloud hold
	@$(DRIVER) status $(OPTIONS)

export: ## Write the stack's state, as `pulumi stack export` does, to FILE
	@$(DRIVER) export $(OPTIONS)

cluster: ## Start a real Kubernetes on this machine (Linux, root), which `make up` then uses
	@$(CLUSTER) up

cluster-down: ## End it, and leave nothing of it running
	@$(CLUSTER) down

cluster-status: ## Say whether there is a real Kubernetes, and how to reach it
	@$(CLUSTER) status

test: ## Run every check: format, lint, types, workflows, tests on the real engine
	@$(DRIVER) setup
	@$(RUN) tools/check.ts all

test-matrix: ## Bring every named configuration up, up again, and down (tests/matrix/stacks)
	@$(DRIVER) setup
	@$(RUN) tools/check.ts matrix

test-cluster: ## Hold the real Kubernetes, and the API on it, to what they promise
	@$(DRIVER) setup
	-@$(CLUSTER) setup
	@$(RUN) tools/check.ts cluster

test-parity: ## Compare the emulated API server with the real one's code, over manifests made by chance (needs Go)
	@$(DRIVER) setup
	@$(RUN) tools/check.ts parity

test-integration: ## Ask the stack's API, or the one at URL, for all that it promises
	@url="$(or $(URL),$$($(DRIVER) url $(OPTIONS)))" && \
		API_URL="$$url" DELETE_POD="$(or $(DELETE_POD),$(if $(URL),,$(DRIVER) delete-pod $(OPTIONS)))" \
		tools/setup.sh npx --no-install jest --config jest.integration.cjs

ci: ## `make test`, `make test-matrix` and `make test-cluster`, counted together
	@$(DRIVER) setup
	-@$(CLUSTER) setup
	@$(RUN) tools/check.ts ci

lint: ## Check format, lint, types and workflows
	@$(RUN) tools/check.ts static

format: ## Format every file
	@tools/setup.sh npx --no-install prettier --log-level warn --write .

bench: ## Compare preview and up with the bare engine, and the API with other servers, against the targets
	@tools/setup.sh npm run --silent bench -w service -- --check
	@$(RUN) local/bench.ts
	@tools/setup.sh npm run --silent bench -w service

soak: ## Half an hour of load on the API, whose memory must not grow
	@tools/setup.sh npm run --silent soak -w service

fuzz: ## Hostile input for the API, made from its OpenAPI document
	@tools/setup.sh npm run --silent fuzz -w service

clean: ## Remove caches and build results; stacks stay
	@rm -rf .local/jest .local/test .local/tmp coverage service/dist

reset: ## Stop what runs and forget every emulated cloud and its state
	@$(DRIVER) reset
