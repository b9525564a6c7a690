# Oracles of tests/rare_events: Rscript tests/oracles/rare_events.R (R 4.2.2, metafor 3.8-1)
nie <- array(0,c(2,2,6)); d <- rbind(c(0,100,1,100),c(0,56,1,52),c(1,150,4,146),c(2,71,5,65),c(3,44,6,40),c(1,60,0,58))
for(i in 1:6) nie[,,i] <- matrix(c(d[i,1],d[i,3],d[i,2]-d[i,1],d[i,4]-d[i,3]),2)
r <- mantelhaen.test(nie,exact=TRUE); print(r$estimate,digits=12); print(r$conf.int,digits=12); print(r$p.value,digits=12)
print(binom.test(3,20)$conf.int,digits=10)
suppressMessages(library(metafor)); print(packageVersion("metafor"))
for (m in c("CM.EL","CM.AL","UM.FS","UM.RS")) { r <- try(rma.glmm(measure="OR",ai=d[,1],n1i=d[,2],ci=d[,3],n2i=d[,4],model=m,control=list(hessianCtrl=list(r=16)))); if(!inherits(r,"try-error")) cat(m,sprintf("%.8f %.8f %.8f ll %.6f\n",r$beta,r$se,r$tau2,r$fit.stats[1,1])) }
b<-dat.bcg; for (m in c("CM.EL","CM.AL","UM.FS","UM.RS")) { r <- try(rma.glmm(measure="OR",ai=tpos,bi=tneg,ci=cpos,di=cneg,data=b,model=m,nAGQ=if(m=="UM.RS") 1 else 7)); if(!inherits(r,"try-error")) cat(m,sprintf("%.8f %.8f %.8f\n",r$beta,r$se,r$tau2)) }
